using System.ComponentModel;
using Foxtrot.Process.Tests.Processes;

namespace Foxtrot.Process.Tests.OpenAi;

/// <summary>The <c>openai</c> npm package, installed once per run as the lock file pins it.</summary>
internal static class NpmPackage
{
    private static readonly Lazy<Task<string>> Installed = new(InstallAsync);

    /// <summary>Where the lock file and the checks are.</summary>
    public static string Source => Path.Combine(RepositoryRoot.Folder, "tests", "Foxtrot.Process.Tests", "openai-npm");

    /// <summary>Runs one of the checks; skips the test where there is no Node.js.</summary>
    public static async Task<ChildProcess> RunAsync(Uri server, string check, Action<string>? onLine = null)
    {
        Assert.SkipUnless(IsThere("node") && IsThere("npm"), "node and npm are not installed.");
        return ChildProcess.Start(
            $"checks.mjs {check}", "node", ["checks.mjs", new Uri(server, "/v1").ToString(), check], folder: await Installed.Value, onLine: onLine);
    }

    // In a folder of the run: the repository stays as it is.
    private static async Task<string> InstallAsync()
    {
        var folder = Reaper.NewFolder("openai-npm");
        foreach (var file in Directory.EnumerateFiles(Source))
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        }

        await using var npm = ChildProcess.Start("npm ci", "npm", ["ci", "--ignore-scripts"], folder: folder);
        var exit = await Deadline.Within(npm.Exit, "npm ci ends", npm.Describe, TimeSpan.FromMinutes(3));
        return exit == 0 ? folder : throw new InvalidOperationException(npm.Describe());
    }

    private static bool IsThere(string program)
    {
        try
        {
            using var process = System.Diagnostics.Process.Start(
                new System.Diagnostics.ProcessStartInfo(program, "--version") { RedirectStandardOutput = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
