namespace Foxtrot.Deployment.Tests;

/// <summary>Everything that people apply, and a use of each component that no overlay uses.</summary>
public static class Overlays
{
    /// <summary>Folders in the repository.</summary>
    public static TheoryData<string> All =>
    [
        .. new[] { RepositoryRoot.At("k8s", "overlays"), RepositoryRoot.At("tests", "Foxtrot.Deployment.Tests", "overlays") }
            .SelectMany(Directory.EnumerateDirectories)
            .Select(folder => Path.GetRelativePath(RepositoryRoot.Folder, folder))
            .Order(StringComparer.Ordinal),
    ];
}
