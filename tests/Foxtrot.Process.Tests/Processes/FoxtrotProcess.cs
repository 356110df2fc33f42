using System.Text.RegularExpressions;

namespace Foxtrot.Process.Tests.Processes;

/// <summary>A running <c>foxtrot serve</c>, as built next to these tests.</summary>
internal sealed partial class FoxtrotProcess : IAsyncDisposable
{
    private const string ReadyLine = "foxtrot ready:";
    private readonly ChildProcess _process;

    private FoxtrotProcess(ChildProcess process, Uri? address)
    {
        _process = process;
        Address = address;
    }

    /// <summary>What messages call it.</summary>
    public string Name => _process.Name;

    /// <summary>Where it answers HTTP, as it said itself; null when it named no address.</summary>
    public Uri? Address { get; }

    /// <inheritdoc cref="ChildProcess.Exit"/>
    public Task<int> Exit => _process.Exit;

    /// <inheritdoc cref="ChildProcess.ResidentBytes"/>
    public long ResidentBytes => _process.ResidentBytes;

    /// <inheritdoc cref="ChildProcess.OpenHandles"/>
    public int OpenHandles => _process.OpenHandles;

    /// <summary>Starts the server; returns once it says that it is ready.</summary>
    /// <param name="name">What messages call it.</param>
    /// <param name="arguments">Arguments behind <c>serve</c>.</param>
    /// <param name="environment">Variables beside this process's own.</param>
    /// <param name="onAnyLine">Sees each line of standard output and error.</param>
    /// <param name="limit">How long it may take; null is <see cref="Deadline.Default"/>.</param>
    /// <exception cref="TimeoutException">It takes longer; says what it wrote, and what its threads do.</exception>
    public static async Task<FoxtrotProcess> StartAsync(
        string name,
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string>? environment = null,
        Action<string>? onAnyLine = null,
        TimeSpan? limit = null)
    {
        var ready = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var process = ChildProcess.Start(
            name,
            "dotnet",
            [Path.Combine(AppContext.BaseDirectory, "foxtrot.dll"), "serve", .. arguments],
            environment,
            onLine: line =>
            {
                if (line.StartsWith(ReadyLine, StringComparison.Ordinal))
                {
                    ready.TrySetResult(line);
                }
            },
            onAnyLine: onAnyLine);
        try
        {
            var first = await Deadline.Within(Task.WhenAny(ready.Task, process.Exit), $"{name} is ready", process.Describe, limit);
            if (first != ready.Task)
            {
                throw new InvalidOperationException($"{name} ended before it was ready.{Environment.NewLine}{process.Describe()}");
            }

            var address = HttpAddress().Match(await ready.Task);
            return new FoxtrotProcess(process, address.Success ? new Uri(address.Value) : null);
        }
        catch (TimeoutException late)
        {
            var threads = await ThreadStacks.OfAsync(process.Id);
            await process.DisposeAsync();
            throw new TimeoutException($"{late.Message}{Environment.NewLine}{threads}", late);
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc cref="ChildProcess.Send"/>
    public void Send(Signal signal) => _process.Send(signal);

    /// <inheritdoc cref="ChildProcess.LineAsync"/>
    public Task<string> LineAsync(Func<string, bool> condition) => _process.LineAsync(condition);

    /// <inheritdoc cref="ChildProcess.KillAsync"/>
    public Task KillAsync() => _process.KillAsync();

    /// <inheritdoc cref="ChildProcess.Describe"/>
    public string Describe() => _process.Describe();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _process.DisposeAsync();

    [GeneratedRegex(@"https?://[^\s,;]+")]
    private static partial Regex HttpAddress();
}
