using Foxtrot.Output;

namespace Foxtrot.Serving;

/// <summary>Tells people what a process waits for that does not become ready.</summary>
/// <param name="terminal">Gets a line on its error.</param>
/// <param name="time">The clock.</param>
internal sealed class ReadyReminder(Terminal terminal, TimeProvider time)
{
    /// <summary>How long a start may take before it says why.</summary>
    public static readonly TimeSpan First = TimeSpan.FromSeconds(10);

    /// <summary>How often it says so again; a gateway may well be started an hour before its first worker.</summary>
    public static readonly TimeSpan Again = TimeSpan.FromMinutes(1);

    /// <summary>Waits until a process is ready, or cannot become so.</summary>
    /// <param name="ready">Completes then.</param>
    /// <param name="missing">What is missing at the moment; null when that is not known.</param>
    public async Task WaitAsync(Task ready, Func<string?> missing)
    {
        for (var patience = First; !ready.IsCompleted; patience = Again)
        {
            try
            {
                await ready.WaitAsync(patience, time);
            }
            catch (TimeoutException) when (!ready.IsCompleted)
            {
                terminal.Error($"not ready yet: {missing() ?? "it is still starting"}");
            }
        }

        await ready;
    }
}
