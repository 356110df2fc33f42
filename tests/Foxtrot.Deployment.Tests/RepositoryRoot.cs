namespace Foxtrot.Deployment.Tests;

/// <summary>The repository that the tests were built from.</summary>
internal static class RepositoryRoot
{
    /// <summary>The folder that holds the solution.</summary>
    public static string Folder { get; } = Find();

    /// <summary>A path in the repository.</summary>
    public static string At(params string[] parts) => Path.Combine([Folder, .. parts]);

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Cluster.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"No Cluster.sln above {AppContext.BaseDirectory}: these tests run from the repository.");
    }
}
