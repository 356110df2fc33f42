namespace Foxtrot.Inference.Batching;

/// <summary>An active tenant, one that has sequences with or without slots, as a scheduling decision sees it.</summary>
/// <param name="Counter">Service received, in <see cref="ServiceCost"/> divided by weight.</param>
/// <param name="Weight">Its share relative to others, more than 0.</param>
/// <param name="Running">Slots that it holds.</param>
/// <param name="FirstHead">Index of the first of its waiting sequences in <see cref="SchedulerSnapshot.Heads"/>.</param>
/// <param name="Heads">How many of its waiting sequences are there; 0 when none waits.</param>
public readonly record struct TenantShare(double Counter, double Weight, int Running, int FirstHead, int Heads);

/// <summary>A waiting sequence.</summary>
/// <param name="Run">Length of its first run of prompt tokens, at least 1.</param>
/// <param name="Charge">What its admission costs its tenant: its prompt, or 0 when that has been charged before.</param>
public readonly record struct WaitingHead(int Run, int Charge);

/// <summary>A sequence that decodes, as a candidate to give up its slot.</summary>
/// <param name="Tenant">Index of its tenant in <see cref="SchedulerSnapshot.Tenants"/>.</param>
/// <param name="Priority">Its precedence within the tenant.</param>
/// <param name="NewTokens">Tokens that it has generated since it last got a slot; replayed ones do not count.</param>
/// <param name="Replayed">What it replayed when it last got a slot, in generated tokens' worth; 0 when it was new.</param>
/// <param name="RebuildCost">What rebuilding it would cost, in <see cref="ServiceCost"/>.</param>
public readonly record struct DecodeRow(int Tenant, int Priority, int NewTokens, int Replayed, int RebuildCost);

/// <summary>A sequence that is part of the way through prompt tokens.</summary>
/// <param name="Tenant">Index of its tenant in <see cref="SchedulerSnapshot.Tenants"/>; of no meaning when those are not given.</param>
/// <param name="Run">Tokens left in the current run of prompt tokens, at least 1.</param>
public readonly record struct PrefillRow(int Tenant, int Run);
