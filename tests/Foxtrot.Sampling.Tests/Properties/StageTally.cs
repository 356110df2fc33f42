namespace Foxtrot.Sampling.Tests.Properties;

/// <summary>Counts what a comparison has seen, so that a test can tell when it has seen too little.</summary>
internal sealed class StageTally
{
    private readonly Dictionary<SamplerStage, int> _effects = [];

    /// <summary>Stages that ran.</summary>
    public int Stages { get; private set; }

    /// <summary>Those in which a token lay at a border.</summary>
    public int Doubtful { get; private set; }

    /// <summary>Cases in which the stage ran and changed the row.</summary>
    public int Effects(SamplerStage stage) => _effects.GetValueOrDefault(stage);

    public void Add(SamplerStage stage, bool isDecided, bool changed)
    {
        Stages++;
        Doubtful += isDecided ? 0 : 1;
        _effects[stage] = Effects(stage) + (changed ? 1 : 0);
    }
}
