using Foxtrot.Cluster.Workers;
using Foxtrot.Contracts.Workers;

namespace Foxtrot.Cluster.Tests.Placement;

/// <summary>A silo's load as a test says it is.</summary>
internal sealed class FakeLoad : ILocalLoad
{
    private readonly Lock _lock = new();
    private ModelLoad[] _models = [];

    public ModelLoad[] Models
    {
        get
        {
            lock (_lock)
            {
                return _models;
            }
        }
        set
        {
            lock (_lock)
            {
                _models = value;
            }
        }
    }

    public bool Draining { get; set; }

    public static ModelLoad Model(string name, int running = 0, int waiting = 0, string fingerprint = "1111111100000000", int slots = 8) =>
        new(new ModelInfo(name, "hash", fingerprint, Exact: true, 1, "cpu", 128, 256, false, slots), running, waiting);

    public void Begin(string name)
    {
        lock (_lock)
        {
            _models = [.. _models.Select(load => load.Info.Name == name ? load with { Running = load.Running + 1 } : load)];
        }
    }
}
