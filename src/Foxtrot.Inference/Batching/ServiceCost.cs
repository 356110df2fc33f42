namespace Foxtrot.Inference.Batching;

/// <summary>What serving a token costs a tenant.</summary>
/// <remarks>
/// Source: the Virtual Token Counter, Sheng et al., "Fairness in Serving Large Language Models", OSDI 2024, with the prices of its
/// evaluation. A tenant's counter grows by this cost divided by the tenant's weight.
/// </remarks>
public static class ServiceCost
{
    /// <summary>A prompt token: many share a pass.</summary>
    public const int PromptToken = 1;

    /// <summary>A generated token: each takes a step.</summary>
    public const int GeneratedToken = 2;
}
