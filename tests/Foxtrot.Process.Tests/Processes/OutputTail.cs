namespace Foxtrot.Process.Tests.Processes;

/// <summary>The last lines that a process wrote, for messages about what went wrong.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class OutputTail
{
    private const int Lines = 60;
    private readonly Queue<string> _lines = new();

    /// <summary>Takes a line and forgets the oldest.</summary>
    public void Add(string line)
    {
        lock (_lines)
        {
            _lines.Enqueue(line);
            if (_lines.Count > Lines)
            {
                _lines.Dequeue();
            }
        }
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        lock (_lines)
        {
            return string.Join(Environment.NewLine, _lines);
        }
    }
}
