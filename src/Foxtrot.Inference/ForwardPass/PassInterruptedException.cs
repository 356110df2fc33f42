namespace Foxtrot.Inference.ForwardPass;

/// <summary>A forward pass was stopped by <see cref="ForwardRunner.Interrupt"/>: nothing of it counts, and it can be run again.</summary>
internal sealed class PassInterruptedException : Exception
{
    public PassInterruptedException(Exception? inner = null)
        : base("the forward pass was interrupted", inner)
    {
    }
}
