namespace Foxtrot.Sampling;

/// <summary>One stage between a row of logits and the distribution that is drawn from, in default order.</summary>
/// <remarks>The snake_case name of each member (<c>top_k</c>, <c>repetition_penalty</c>) is what <c>sampler_order</c> lists.</remarks>
public enum SamplerStage
{
    /// <summary>Only the listed token ids stay possible.</summary>
    AllowedTokenIds,

    /// <summary>The last token of a forbidden sequence becomes impossible when the rest has just been written.</summary>
    BadWords,

    /// <summary>End and stop tokens stay impossible until a minimum length is reached.</summary>
    MinTokens,

    /// <summary>A constant is added to chosen tokens.</summary>
    LogitBias,

    /// <summary>Tokens of prompt and output are divided (or multiplied, when negative) by a factor (Keskar et al. 2019, arXiv:1909.05858).</summary>
    RepetitionPenalty,

    /// <summary>Output tokens lose <c>frequency × count + presence</c>, as OpenAI's API defines.</summary>
    FrequencyPresencePenalty,

    /// <summary>A token that would complete an n-gram seen before becomes impossible.</summary>
    NoRepeatNgram,

    /// <summary>"Don't repeat yourself": a penalty that grows with the length of the repetition that a token would extend.</summary>
    Dry,

    /// <summary>Logits are divided by the temperature, fixed or dependent on the row's entropy.</summary>
    Temperature,

    /// <summary>Keeps logits within n standard deviations of the largest (Tang et al. 2024, arXiv:2411.07641).</summary>
    TopNSigma,

    /// <summary>Keeps the k largest.</summary>
    TopK,

    /// <summary>Keeps the locally typical set (Meister et al. 2022, arXiv:2202.00666).</summary>
    TypicalP,

    /// <summary>Keeps the nucleus (Holtzman et al. 2019, arXiv:1904.09751).</summary>
    TopP,

    /// <summary>Keeps tokens whose probability is at least a fraction of the largest (Nguyen et al. 2024, arXiv:2407.01082).</summary>
    MinP,

    /// <summary>Keeps probabilities of at least epsilon (Hewitt et al. 2022, arXiv:2210.15191).</summary>
    EpsilonCutoff,

    /// <summary>Keeps probabilities of at least min(eta, sqrt(eta)·exp(−H)) (Hewitt et al. 2022).</summary>
    EtaCutoff,

    /// <summary>"Exclude top choices": at times drops every likely token but the least likely of them.</summary>
    Xtc,

    /// <summary>Mirostat 2: keeps surprise near a target (Basu et al. 2020, arXiv:2007.14966).</summary>
    Mirostat,
}
