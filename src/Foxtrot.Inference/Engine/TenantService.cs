namespace Foxtrot.Inference.Engine;

/// <summary>What an engine has done for a tenant, and what it is doing.</summary>
/// <param name="Tenant">The tenant's name.</param>
/// <param name="Service">Service received since the engine started: prompt tokens and twice the generated ones. Never falls.</param>
/// <param name="Weighted">The same, each part divided by the tenant's weight at the time. Never falls.</param>
/// <param name="Weight">The tenant's weight.</param>
/// <param name="Running">Sequences with a slot.</param>
/// <param name="Waiting">Sequences without one.</param>
/// <param name="LastActive">When it last had a sequence, as a time stamp of the engine's clock.</param>
/// <param name="GeneratedTokens">Tokens chosen for it since the engine started, replayed ones not counted. Never falls.</param>
/// <param name="ComputedTokens">Prompt tokens fed for the first time. Never falls.</param>
/// <param name="RecomputedTokens">
/// Tokens fed again, prompt and generated: after a preemption, of a resumed generation, or to look at an earlier output again. Never falls.
/// </param>
public readonly record struct TenantService(
    string Tenant, long Service, double Weighted, double Weight, int Running, int Waiting, long LastActive,
    long GeneratedTokens, long ComputedTokens, long RecomputedTokens);
