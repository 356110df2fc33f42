using Foxtrot.Process.Tests.Processes;

namespace Foxtrot.Process.Tests.Orchestration;

/// <summary>What the containers' read-only root file system and the user without a home rely on.</summary>
[Collection(OneAtATime.Name)]
public sealed class ReadOnlyTests
{
    private const string User = "1654";

    [Fact]
    public async Task A_worker_runs_as_a_user_who_has_no_home_and_may_write_nothing()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "Only root can start a process as another user.");
        await using var garnet = await GarnetServer.StartAsync();

        // Read by everybody, written by nobody but root, as in an image.
        var folder = Reaper.NewFolder("image");
        Copy(AppContext.BaseDirectory, folder);
        await RunAsync("chmod", "-R", "a+rX,go-w", Path.GetDirectoryName(folder)!);
        await using var process = ChildProcess.Start(
            "worker",
            "setpriv",
            [
                $"--reuid={User}", $"--regid={User}", "--clear-groups",
                "env", "-u", "HOME", "-u", "XDG_CACHE_HOME", "-u", "DOTNET_CLI_HOME", "TMPDIR=/nowhere",
                "dotnet", Path.Combine(folder, "foxtrot.dll"), "serve", "--role", "worker", "--slots", "2", "--redis", garnet.Endpoint,
            ],
            new Dictionary<string, string> { ["Orleans__ClusterId"] = $"readonly-{Guid.NewGuid():n}" },
            folder: "/");
        var ready = process.LineAsync(line => line.StartsWith("foxtrot ready:", StringComparison.Ordinal));
        await Deadline.Within(Task.WhenAny(ready, process.Exit), "the worker is ready", process.Describe);
        Assert.True(ready.IsCompletedSuccessfully, process.Describe());

        // Nothing was tried in vain, such as keeping a device's id for telemetry.
        Assert.DoesNotContain("onnxruntime", process.Describe(), StringComparison.OrdinalIgnoreCase);
        process.Send(Signal.Terminate);
        Assert.Equal(0, await Deadline.Within(process.Exit, "the worker ends", process.Describe));
    }

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        await using var process = ChildProcess.Start(program, program, arguments);
        Assert.Equal(0, await Deadline.Within(process.Exit, $"{program} ends", process.Describe));
    }
}
