using System.Globalization;
using Foxtrot.Inference.Engine;
using Foxtrot.Inference.Tests.TinyModels;

namespace Foxtrot.Inference.Tests.Devices;

/// <summary>Who stands back, as Linux sees it.</summary>
public sealed class ComputeThreadTests
{
    private const int Niceness = 7;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Threads_that_compute_stand_back_and_nobody_else_does()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "niceness belongs to threads on Linux alone");
        var token = TestContext.Current.CancellationToken;
        var before = Threads().Keys.ToHashSet();
        using var folder = new TinyFolder();
        using var model = folder.Load(new ModelLoadOptions { IntraOpThreads = 2, Niceness = Niceness });

        // Of two threads for an operator one is the caller's own: the session makes the other one.
        var made = Threads().Where(t => !before.Contains(t.Key)).Count(t => t.Value == Niceness);
        Assert.True(made >= 1, "the session's thread does not stand back");
        var seen = new Own();
        await using var engine = new InferenceEngine(model, new EngineOptions { Slots = 1 }, seen);
        var generation = engine.Submit(new GenerationRequest { Log = TokenLog.FromPrompt([1, 2]), Seed = 1, MaxTokens = 1 });
        await generation.Completion.WaitAsync(Deadline, token);
        Assert.Equal(Niceness, seen.Niceness);
        Assert.Equal(0, Threads()[Environment.ProcessId]);
    }

    [Fact]
    public void What_cannot_be_made_fails_where_it_was_asked_for() =>
        Assert.Equal("no", Assert.Throws<InvalidOperationException>(() => ComputeThread.Make<int>(1, () => throw new InvalidOperationException("no"))).Message);

    // Of all threads of this process. The name in the second field may hold anything, so fields count from the last parenthesis.
    private static Dictionary<int, int> Threads()
    {
        var threads = new Dictionary<int, int>();
        foreach (var folder in Directory.EnumerateDirectories("/proc/self/task"))
        {
            try
            {
                threads[int.Parse(Path.GetFileName(folder), CultureInfo.InvariantCulture)] = Read(Path.Combine(folder, "stat"));
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // It has ended meanwhile.
            }
        }

        return threads;
    }

    private static int Read(string stat)
    {
        var text = File.ReadAllText(stat);
        return int.Parse(text[(text.LastIndexOf(')') + 2)..].Split(' ')[16], CultureInfo.InvariantCulture);
    }

    private sealed class Own : EngineObserver
    {
        public int Niceness { get; private set; }

        public override void OnFirstToken(Generation generation) => Niceness = Read("/proc/thread-self/stat");
    }
}
