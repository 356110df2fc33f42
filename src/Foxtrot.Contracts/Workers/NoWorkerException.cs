namespace Foxtrot.Contracts.Workers;

/// <summary>A call could not be placed because no worker that takes sessions has the model.</summary>
/// <remarks>Reaches callers as it is, from any process: lost infrastructure, not an answer of the session's.</remarks>
[GenerateSerializer, Alias("foxtrot.no_worker")]
public sealed class NoWorkerException : Exception
{
    /// <summary>Creates one without a model's name.</summary>
    public NoWorkerException()
    {
    }

    /// <summary>Creates one with a text of its own.</summary>
    public NoWorkerException(string message)
        : base(message)
    {
    }

    /// <summary>Creates one with a text of its own and a cause.</summary>
    public NoWorkerException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>The model that was asked for; empty when unknown.</summary>
    [Id(0)]
    public string Model { get; init; } = "";

    /// <summary>No worker has this model.</summary>
    public static NoWorkerException For(string model) => new($"No worker of the cluster has the model '{model}' at the moment.") { Model = model };
}
