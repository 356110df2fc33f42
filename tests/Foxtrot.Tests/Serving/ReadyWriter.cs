using System.Text;

namespace Foxtrot.Tests.Serving;

/// <summary>Says when a line has been written.</summary>
internal sealed class ReadyWriter : TextWriter
{
    private readonly TaskCompletionSource<string> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<string> Ready => _ready.Task;

    public override Encoding Encoding => Encoding.UTF8;

    public override void WriteLine(string? value) => _ready.TrySetResult(value!);
}
