using System.ComponentModel;
using System.Diagnostics;

namespace Foxtrot.Deployment.Tests.Manifests;

/// <summary>Runs a command line tool to its end.</summary>
internal static class Tool
{
    /// <summary>What it wrote to standard output; null when there is no such tool.</summary>
    /// <exception cref="InvalidOperationException">It failed; has what it wrote.</exception>
    public static string? Run(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments)
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                WorkingDirectory = RepositoryRoot.Folder,
            })!;
            var errors = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0
                ? output
                : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}:\n{output}\n{errors.Result}");
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}
