using Foxtrot.Inference.Models;
using Foxtrot.Sampling;

namespace Foxtrot.Inference.Text;

/// <summary>Sampling as the model's authors recommend it, for requests that do not say otherwise.</summary>
public static class ModelDefaults
{
    /// <summary>The parameters that <c>generation_config.json</c> names, the others off; <c>do_sample: false</c> is temperature 0.</summary>
    public static SamplingParams Of(GenerationDefaults defaults)
    {
        var off = SamplingParams.Default;
        return off with
        {
            Temperature = defaults.DoSample == false ? 0 : defaults.Temperature ?? off.Temperature,
            TopK = defaults.TopK ?? off.TopK,
            TopP = defaults.TopP ?? off.TopP,
            MinP = defaults.MinP ?? off.MinP,
            TypicalP = defaults.TypicalP ?? off.TypicalP,
            EpsilonCutoff = defaults.EpsilonCutoff ?? off.EpsilonCutoff,
            EtaCutoff = defaults.EtaCutoff ?? off.EtaCutoff,
            RepetitionPenalty = defaults.RepetitionPenalty ?? off.RepetitionPenalty,
            NoRepeatNgramSize = defaults.NoRepeatNgramSize ?? off.NoRepeatNgramSize,
        };
    }
}
