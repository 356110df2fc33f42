using System.Text.Json.Serialization;
using Foxtrot.Bench.Load;

namespace Foxtrot.Bench.Scale;

/// <summary>What <c>foxtrot bench scale</c> measured.</summary>
/// <param name="Machine">Where everything ran: gateway, workers and clients.</param>
/// <param name="StepMs">How long a step waits, in ms.</param>
/// <param name="Slots">Sequences that a worker generates at once.</param>
/// <param name="ClientsPerWorker">Clients for each worker.</param>
/// <param name="TokensPerRequest">Output tokens of each reply.</param>
/// <param name="Rows">A row per cluster.</param>
internal sealed record ScaleBenchResult(
    MachineDescription Machine, double StepMs, int Slots, int ClientsPerWorker, int TokensPerRequest, IReadOnlyList<ScaleBenchRow> Rows);

/// <summary>One cluster of a gateway and some workers.</summary>
/// <param name="Workers">Worker processes.</param>
/// <param name="TokensPerSecond">Received by the clients within the measurement.</param>
/// <param name="TokensPerSecondPerWorker">The same for each worker.</param>
/// <param name="RatioToOne">A worker's share, relative to the worker that was alone; null where none was.</param>
/// <param name="RatioToIdeal">A worker's share, relative to slots / step: 1 if nothing but the steps took time and no slot was ever empty.</param>
/// <param name="SlotsUsed">Part of the slots that held a sequence, 0 to 1: the mean of the gateway's load reports.</param>
/// <param name="StepMs">How long a step really took, in ms, from one to the next: by the tokens and the slots in use.</param>
/// <param name="Balance">How evenly workers were used.</param>
/// <param name="CpuUsPerToken">Processor time for each token, in µs.</param>
/// <param name="Cores">Processors in use.</param>
/// <param name="Ttft">From a request to its first text, in ms.</param>
/// <param name="Itl">From one text to the next, in ms.</param>
/// <param name="Errors">Requests that failed.</param>
/// <param name="FirstLimit">What kept the cluster from the ideal: <c>steps</c> (it reached 90 % of it), <c>processor</c> (the machine had
/// none left), <c>slots</c> (too many were empty) or <c>overhead</c> (what happens between two steps).</param>
/// <param name="Accounting">Whether what was generated is what was received.</param>
internal sealed record ScaleBenchRow(
    int Workers,
    [property: JsonPropertyName("tokens_per_s")] double TokensPerSecond,
    [property: JsonPropertyName("tokens_per_s_per_worker")] double TokensPerSecondPerWorker,
    double? RatioToOne,
    double RatioToIdeal,
    double SlotsUsed,
    double StepMs,
    ScaleBalance Balance,
    ScaleCost CpuUsPerToken,
    ScaleCores Cores,
    [property: JsonPropertyName("ttft_ms")] Latency Ttft,
    [property: JsonPropertyName("itl_ms")] Latency Itl,
    int Errors,
    string FirstLimit,
    ScaleAccounting Accounting)
{
    /// <summary>How often each kind of error occurred.</summary>
    public required IReadOnlyDictionary<string, int> ErrorKinds { get; init; }

    /// <summary>Length of the measurement in seconds.</summary>
    [JsonPropertyName("duration_s")]
    public required double DurationSeconds { get; init; }
}

/// <summary>The largest of the workers relative to their mean; 1 is even.</summary>
/// <param name="SequencesP50">Sequences, those that wait included: median over time.</param>
/// <param name="SequencesMax">The same: the worst moment.</param>
/// <param name="Tokens">Tokens over the whole measurement.</param>
internal sealed record ScaleBalance(double SequencesP50, double SequencesMax, double Tokens);

/// <summary>Processor time for each token received, in µs.</summary>
/// <param name="Gateway">Of the gateway.</param>
/// <param name="Workers">Of all workers together.</param>
/// <param name="Clients">Of this process.</param>
internal sealed record ScaleCost(double Gateway, double Workers, double Clients);

/// <summary>Processors in use on average.</summary>
/// <param name="Gateway">By the gateway.</param>
/// <param name="Workers">By all workers together.</param>
/// <param name="Clients">By this process.</param>
/// <param name="Others">By everything else on the machine, Redis and the kernel's own work included; null where the system does not say.</param>
internal sealed record ScaleCores(double Gateway, double Workers, double Clients, double? Others);

/// <summary>Tokens of all measured requests, those of before and after the measurement included.</summary>
/// <param name="Received">By the clients.</param>
/// <param name="Generated">By each worker.</param>
internal sealed record ScaleAccounting(long Received, IReadOnlyList<long> Generated);
