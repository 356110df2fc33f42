using Foxtrot.Output;
using Foxtrot.Serving;
using Microsoft.Extensions.Time.Testing;

namespace Foxtrot.Tests.Serving;

public sealed class ReadyReminderTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly StringWriter _error = new();
    private readonly TaskCompletionSource _ready = new();
    private readonly Terminal _terminal;

    public ReadyReminderTests() => _terminal = new Terminal(Stream.Null, true, TextWriter.Null, _error, isInteractive: false);

    private ReadyReminder Reminder => new(_terminal, _time);

    [Fact]
    public async Task What_a_start_waits_for_is_said_after_a_while_and_then_again()
    {
        var missing = "no worker with a model has joined";
        var waiting = Reminder.WaitAsync(_ready.Task, () => missing);
        _time.Advance(ReadyReminder.First - TimeSpan.FromMilliseconds(1));
        Assert.Equal("", _error.ToString());
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal("foxtrot: not ready yet: no worker with a model has joined\n", _error.ToString());
        missing = "the tenant directory has not answered yet";
        _time.Advance(ReadyReminder.Again);
        Assert.Equal(2, Lines.Length);
        Assert.Equal("foxtrot: not ready yet: the tenant directory has not answered yet", Lines[1]);
        _ready.SetResult();
        await waiting;
        _time.Advance(ReadyReminder.Again);
        Assert.Equal(2, Lines.Length);
    }

    [Fact]
    public async Task A_start_that_is_quick_says_nothing()
    {
        var waiting = Reminder.WaitAsync(_ready.Task, () => "never asked");
        _ready.SetResult();
        await waiting;
        Assert.Empty(Lines);
    }

    [Fact]
    public async Task Why_a_start_failed_is_what_the_caller_gets()
    {
        var waiting = Reminder.WaitAsync(_ready.Task, () => null);
        _time.Advance(ReadyReminder.First);
        Assert.Equal(["foxtrot: not ready yet: it is still starting"], Lines);
        _ready.SetException(new TimeoutException("the real one"));
        Assert.Equal("the real one", (await Assert.ThrowsAsync<TimeoutException>(() => waiting)).Message);
    }

    public void Dispose() => _terminal.Dispose();

    private string[] Lines => _error.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
