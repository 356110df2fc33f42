namespace Foxtrot.Process.Tests.Processes;

/// <summary>Waits for events for so long and no longer; what did not happen is named.</summary>
internal static class Deadline
{
    /// <summary>Generous: a loaded machine with two cores must never decide a verdict.</summary>
    public static readonly TimeSpan Default = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    /// <summary>Waits for a task.</summary>
    /// <param name="task">The event.</param>
    /// <param name="what">The event in words.</param>
    /// <param name="context">What to say besides when it does not happen.</param>
    /// <param name="limit">How long; null is <see cref="Default"/>.</param>
    public static async Task<T> Within<T>(Task<T> task, string what, Func<string>? context = null, TimeSpan? limit = null)
    {
        try
        {
            return await task.WaitAsync(limit ?? Default);
        }
        catch (TimeoutException) when (!task.IsCompleted)
        {
            throw Missed(what, limit, context);
        }
    }

    /// <summary>Waits for a task.</summary>
    public static async Task Within(Task task, string what, Func<string>? context = null, TimeSpan? limit = null) =>
        await Within(Finish(task), what, context, limit);

    /// <summary>Waits for something that only looking can tell, such as another process's memory.</summary>
    public static async Task Until(Func<Task<bool>> condition, string what, Func<string>? context = null, TimeSpan? limit = null)
    {
        using var deadline = new CancellationTokenSource(limit ?? Default);
        using var timer = new PeriodicTimer(Look);
        while (!await condition())
        {
            try
            {
                await timer.WaitForNextTickAsync(deadline.Token);
            }
            catch (OperationCanceledException)
            {
                throw Missed(what, limit, context);
            }
        }
    }

    private static TimeoutException Missed(string what, TimeSpan? limit, Func<string>? context) =>
        new($"Did not happen within {(limit ?? Default).TotalSeconds:0} s: {what}.{Environment.NewLine}{context?.Invoke()}");

    private static async Task<bool> Finish(Task task)
    {
        await task;
        return true;
    }
}
