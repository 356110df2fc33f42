namespace Foxtrot.Bench.Load;

/// <summary>What one of several tenants does to the server.</summary>
/// <param name="Name">What reports call it.</param>
/// <param name="Options">Its requests; measured by duration.</param>
internal sealed record TenantLoad(string Name, LoadBenchOptions Options);
