namespace Foxtrot.Sampling.Tests.Oracle;

/// <summary>All that a stage may look at besides the row: parameters, history, mirostat's mu and the XTC coin.</summary>
internal sealed record OracleContext(
    SamplingParams Parameters,
    IReadOnlyList<int> Prompt,
    IReadOnlyList<int> Output,
    IReadOnlyList<int> EndTokens,
    double Mu,
    double XtcCoin)
{
    /// <summary>Prompt, then output.</summary>
    public IReadOnlyList<int> History { get; } = [.. Prompt, .. Output];
}
