namespace Foxtrot.Sampling.Tests.HandComputed;

/// <summary>At least one case per stage. Unless a case says otherwise its weights are 1, 2, 3, 4: p = 0.1, 0.2, 0.3, 0.4.</summary>
public static class HandComputedCases
{
    private static readonly double[] Weights = [1, 2, 3, 4];

    private static readonly double Ln2 = Math.Log(2);

    public static IEnumerable<TheoryDataRow<HandComputedCase>> All() =>
        Masks().Concat(Penalties()).Concat(Dry()).Concat(Temperature()).Concat(Truncation()).Concat(Orders())
            .Select(c => new TheoryDataRow<HandComputedCase>(c) { TestDisplayName = c.Claim });

    private static IEnumerable<HandComputedCase> Masks() =>
    [
        // 1 and 3 remain of 4.
        new("allowed_token_ids leaves the listed tokens", Weights, new() { AllowedTokenIds = [2, 0] }, [1 / 4.0, 0, 3 / 4.0, 0]),

        // 1, 2, 3 remain of 6.
        new("a bad word of one token never appears", Weights, new() { BadWords = [[3]] }, [1 / 6.0, 2 / 6.0, 3 / 6.0, 0]),
        new("a bad word's last token is impossible after the others", Weights, new() { BadWords = [[1, 2, 3]] }, [1 / 6.0, 2 / 6.0, 3 / 6.0, 0])
        {
            Prompt = [0, 1],
            Output = [2],
        },
        new("a bad word's last token is possible after the others in another order", Weights, new() { BadWords = [[1, 2, 3]] }, [0.1, 0.2, 0.3, 0.4])
        {
            Output = [2, 1],
        },
        new("a bad word longer than the history changes nothing", Weights, new() { BadWords = [[1, 2, 3]] }, [0.1, 0.2, 0.3, 0.4])
        {
            Output = [2],
        },

        // 2, 3 remain of 5 while the output has fewer than two tokens; the prompt does not count.
        new("min_tokens forbids end tokens until reached", Weights, new() { MinTokens = 2 }, [0, 2 / 5.0, 3 / 5.0, 0])
        {
            Prompt = [1, 1, 1],
            Output = [1],
            EndTokens = [3, 0],
        },
        new("min_tokens allows end tokens once reached", Weights, new() { MinTokens = 2 }, [0.1, 0.2, 0.3, 0.4])
        {
            Output = [1, 1],
            EndTokens = [3, 0],
        },

        // History 0 1 2 0: the pair (0, 1) was seen, so 1 is out; 1, 3, 4 remain of 8.
        new("no_repeat_ngram_size 2 forbids a second pair", Weights, new() { NoRepeatNgramSize = 2 }, [1 / 8.0, 0, 3 / 8.0, 4 / 8.0])
        {
            Prompt = [0, 1],
            Output = [2, 0],
        },

        // History 0 1 2 3 0 1: the triple (0, 1, 2) was seen, so 2 is out; 1, 2, 4 remain of 7.
        new("no_repeat_ngram_size 3 forbids a second triple", Weights, new() { NoRepeatNgramSize = 3 }, [1 / 7.0, 2 / 7.0, 0, 4 / 7.0])
        {
            Prompt = [0, 1, 2, 3],
            Output = [0, 1],
        },

        // 2 and 4 remain of 6.
        new("no_repeat_ngram_size 1 forbids every token seen", Weights, new() { NoRepeatNgramSize = 1 }, [0, 2 / 6.0, 0, 4 / 6.0])
        {
            Prompt = [0],
            Output = [2, 2],
        },
    ];

    private static IEnumerable<HandComputedCase> Penalties() =>
    [
        // Weight 1 becomes 3: 3, 2, 3, 4 of 12.
        new(
            "logit_bias multiplies a weight by e^bias",
            Weights,
            new() { LogitBias = new Dictionary<int, float> { [0] = (float)Math.Log(3) } },
            [3 / 12.0, 2 / 12.0, 3 / 12.0, 4 / 12.0]),
        new(
            "logit_bias does not bring back what an earlier stage removed",
            Weights,
            new() { AllowedTokenIds = [0, 1], LogitBias = new Dictionary<int, float> { [3] = 100 } },
            [1 / 3.0, 2 / 3.0, 0, 0]),

        // r = 2. Positive logits halve (weight 9 to 3, 4 to 2), negative ones double (weight 1/2 to 1/4), 2 was never seen.
        // Token 1 occurs twice and is penalised once. 3 + 2 + 1 + 1/4 = 25/4.
        new("repetition_penalty divides positive and multiplies negative logits, once per token", [9, 4, 1, 0.5], new() { RepetitionPenalty = 2 }, [12 / 25.0, 8 / 25.0, 4 / 25.0, 1 / 25.0])
        {
            Prompt = [0, 1],
            Output = [1, 3],
        },

        // Equal weights; token 1 occurs twice in the output: 1 / (2 · 2 · 3); token 0 once: 1 / (2 · 3); the prompt's 3 is free.
        // 1/6 + 1/12 + 1 + 1 = 27/12.
        new(
            "frequency_penalty counts and presence_penalty does not, output tokens only",
            [1, 1, 1, 1],
            new() { FrequencyPenalty = Ln2, PresencePenalty = Math.Log(3) },
            [2 / 27.0, 1 / 27.0, 12 / 27.0, 12 / 27.0])
        {
            Prompt = [3, 3],
            Output = [1, 0, 1],
        },

        // A negative penalty rewards: weight 1 becomes 4 of 4 + 2 + 3 + 4.
        new("a negative frequency_penalty encourages", Weights, new() { FrequencyPenalty = -Ln2 }, [4 / 13.0, 2 / 13.0, 3 / 13.0, 4 / 13.0])
        {
            Output = [0, 0],
        },
    ];

    private static IEnumerable<HandComputedCase> Dry()
    {
        var dry = new SamplingParams { DryMultiplier = Ln2, DryBase = 2, DryAllowedLength = 2 };
        int[] threeRepeated = [0, 1, 2, 3, 0, 1, 2];
        return
        [
            // 3 followed a match of 3: ln 2 · 2^(3 − 2) = ln 4, so 4 becomes 1: 1, 2, 3, 1 of 7.
            new("DRY's penalty is multiplier · base^(match − allowed length)", Weights, dry, [1 / 7.0, 2 / 7.0, 3 / 7.0, 1 / 7.0]) { Prompt = threeRepeated },

            // A match of 2 costs ln 2: 4 becomes 2; 1, 2, 3, 2 of 8.
            new("DRY charges the multiplier itself at the allowed length", Weights, dry, [1 / 8.0, 2 / 8.0, 3 / 8.0, 2 / 8.0]) { Output = [1, 2, 3, 1, 2] },

            // A match of 1 is free.
            new("DRY leaves shorter matches alone", Weights, dry, [0.1, 0.2, 0.3, 0.4]) { Output = [2, 3, 1, 2] },

            // The longest match of 3 counts (ln 4), not the later match of 1.
            new("DRY takes the longest of several matches", Weights, dry, [1 / 7.0, 2 / 7.0, 3 / 7.0, 1 / 7.0]) { Prompt = [0, 1, 2, 3, 2, 3, 0, 1, 2] },

            // 0 0 0 0: the last three zeros were followed by a zero, a match of 3 that overlaps itself. 1 becomes 1/4; 9.25 = 37/4.
            new("DRY sees a run of one token", Weights, dry, [1 / 37.0, 8 / 37.0, 12 / 37.0, 16 / 37.0]) { Output = [0, 0, 0, 0] },

            // 0 ends the match at two tokens, which costs ln 2.
            new("DRY's match stops at a sequence breaker", Weights, dry with { DrySequenceBreakers = new HashSet<int> { 0 } }, [1 / 8.0, 2 / 8.0, 3 / 8.0, 2 / 8.0]) { Prompt = threeRepeated },
            new("DRY never penalises right after a sequence breaker", Weights, dry with { DrySequenceBreakers = new HashSet<int> { 2 } }, [0.1, 0.2, 0.3, 0.4]) { Prompt = threeRepeated },
            new("DRY never penalises a sequence breaker", Weights, dry with { DrySequenceBreakers = new HashSet<int> { 3 } }, [0.1, 0.2, 0.3, 0.4]) { Prompt = threeRepeated },

            // The last four tokens, 3 0 1 2, hold no repetition. The last six, 1 2 3 0 1 2, hold a match of 2: ln 2.
            new("DRY looks no further back than dry_penalty_last_n", Weights, dry with { DryPenaltyLastN = 4 }, [0.1, 0.2, 0.3, 0.4]) { Prompt = threeRepeated },
            new("DRY's match ends where dry_penalty_last_n ends", Weights, dry with { DryPenaltyLastN = 6 }, [1 / 8.0, 2 / 8.0, 3 / 8.0, 2 / 8.0]) { Prompt = threeRepeated },
            new("DRY is off when dry_penalty_last_n is 0", Weights, dry with { DryPenaltyLastN = 0 }, [0.1, 0.2, 0.3, 0.4]) { Prompt = threeRepeated },
        ];
    }

    private static IEnumerable<HandComputedCase> Temperature() =>
    [
        // Squares: 1, 4, 9, 16 of 30.
        new("temperature 0.5 squares the weights", Weights, new() { Temperature = 0.5 }, [1 / 30.0, 4 / 30.0, 9 / 30.0, 16 / 30.0]),
        new("temperature 2 takes roots", [1, 4, 9, 16], new() { Temperature = 2 }, [0.1, 0.2, 0.3, 0.4]),

        // p = 0.2, 0.8: H = 0.5004024 of at most ln 2, a share of 0.7219281. T = 0.5 + 1 · 0.7219281 = 1.2219281.
        // 4^(1 / T) = 3.109661: p = 1 / 4.109661 = 0.2433291. Tokens that are impossible do not count towards Hmax.
        new("dynatemp_range moves the temperature with the entropy's share", [1, 0, 4, 0], new() { DynatempRange = 0.5 }, [0.2433291, 0, 0.7566709, 0]),

        // The share squared is 0.5211802: T = 1.0211802, 4^(1 / T) = 3.886626, p = 1 / 4.886626 = 0.2046402.
        new("dynatemp_exponent bends the share", [1, 4], new() { DynatempRange = 0.5, DynatempExponent = 2 }, [0.2046402, 0.7953598]),

        // Tmin = max(0, 0.5 − 0.7) = 0, Tmax = 1.2: T = 1.2 · 0.7219281 = 0.8663137. 4^(1 / T) = 4.954133, p = 1 / 5.954133.
        new("dynatemp's lowest temperature is not below 0", [1, 4], new() { Temperature = 0.5, DynatempRange = 0.7 }, [0.1679506, 0.8320494]),
    ];

    private static IEnumerable<HandComputedCase> Truncation()
    {
        // Logits 0, 0, 0, 4: mean 1, variance (1 + 1 + 1 + 9) / 4 = 3, sigma 1.7320508. e^4 = 54.598150.
        double[] oneHigh = [1, 1, 1, Math.Exp(4), 0];
        return
        [
            // 4 − 2.1 · 1.732 = 0.363 > 0. With n − 1 in the variance's denominator sigma were 2 and all would stay.
            new("top_n_sigma uses the deviation of the finite logits themselves", oneHigh, new() { TopNSigma = 2.1 }, [0, 0, 0, 1, 0]),

            // 4 − 2.4 · 1.732 = −0.157 < 0: all stay. 1 / 57.598150 = 0.0173617, 54.598150 / 57.598150 = 0.9479150.
            new("top_n_sigma keeps what lies within n deviations", oneHigh, new() { TopNSigma = 2.4 }, [0.0173617, 0.0173617, 0.0173617, 0.9479150, 0]),

            new("top_k keeps the k largest", Weights, new() { TopK = 2 }, [0, 0, 3 / 7.0, 4 / 7.0]),
            new("top_k prefers lower ids among equals at its border", [2, 1, 2, 2], new() { TopK = 2 }, [0.5, 0, 0.5, 0]),
            new("top_k 0 is off", Weights, new() { TopK = 0 }, [0.1, 0.2, 0.3, 0.4]),
            new("top_k −1 is off", Weights, new() { TopK = -1 }, [0.1, 0.2, 0.3, 0.4]),

            // H = 1.2798542; −ln p = 2.3025851, 1.6094379, 1.2039728, 0.9162907; distances 1.0227, 0.3296, 0.0759, 0.3636.
            // Nearest first: 2 (0.3), 1 (0.5 in all), 3 (0.9), 0.
            new("typical_p may drop the most probable token", Weights, new() { TypicalP = 0.45 }, [0, 0.4, 0.6, 0]),
            new("typical_p keeps at least the most typical token", Weights, new() { TypicalP = 0.25 }, [0, 0, 1, 0]),
            new("typical_p keeps the token that reaches the mass", Weights, new() { TypicalP = 0.55 }, [0, 2 / 9.0, 3 / 9.0, 4 / 9.0]),

            // 0.4, 0.7, 0.9, 1.
            new("top_p keeps the token that reaches the mass", Weights, new() { TopP = 0.65 }, [0, 0, 3 / 7.0, 4 / 7.0]),
            new("top_p goes on until the mass is reached", Weights, new() { TopP = 0.75 }, [0, 2 / 9.0, 3 / 9.0, 4 / 9.0]),
            new("top_p keeps at least the most probable token", Weights, new() { TopP = 0.001 }, [0, 0, 0, 1]),
            new("top_p prefers lower ids among equals at its border", [1, 1, 1, 1], new() { TopP = 0.4 }, [0.5, 0.5, 0, 0]),

            // 0.6 · 0.4 = 0.24; 0.3 · 0.4 = 0.12.
            new("min_p keeps a fraction of the largest", Weights, new() { MinP = 0.6 }, [0, 0, 3 / 7.0, 4 / 7.0]),
            new("min_p is relative to the largest, not to 1", Weights, new() { MinP = 0.3 }, [0, 2 / 9.0, 3 / 9.0, 4 / 9.0]),
            new("min_p 1 keeps all that equal the largest", [1, 2, 2, 0], new() { MinP = 1 }, [0, 0.5, 0.5, 0]),

            new("epsilon_cutoff keeps probabilities of at least epsilon", Weights, new() { EpsilonCutoff = 0.25 }, [0, 0, 3 / 7.0, 4 / 7.0]),
            new("epsilon_cutoff keeps the most probable token when none reaches it", Weights, new() { EpsilonCutoff = 0.9 }, [0, 0, 0, 1]),

            // exp(−H) = exp(−1.2798542) = 0.2780778. min(0.25, 0.5 · 0.2780778) = 0.139. min(0.05, 0.2236 · 0.278) = 0.05.
            new("eta_cutoff is lowered by entropy", Weights, new() { EtaCutoff = 0.25 }, [0, 2 / 9.0, 3 / 9.0, 4 / 9.0]),
            new("eta_cutoff never exceeds eta", Weights, new() { EtaCutoff = 0.05 }, [0.1, 0.2, 0.3, 0.4]),

            // At 0.15 tokens 1, 2, 3 qualify: 1, the least likely, stays. 1, 2 of 3.
            new("xtc drops the top choices but the least likely of them", Weights, new() { XtcProbability = 1, XtcThreshold = 0.15 }, [1 / 3.0, 2 / 3.0, 0, 0]),
            new("xtc needs two top choices", Weights, new() { XtcProbability = 1, XtcThreshold = 0.35 }, [0.1, 0.2, 0.3, 0.4]),
            new("xtc is off above a threshold of 0.5", [1, 9], new() { XtcProbability = 1, XtcThreshold = 0.51 }, [0.1, 0.9]),
            new("xtc is off at probability 0", Weights, new() { XtcProbability = 0, XtcThreshold = 0.15 }, [0.1, 0.2, 0.3, 0.4]),

            // mu = 2 tau = 2 bits: p ≥ 1/4.
            new("mirostat first cuts at twice its target surprise", Weights, new() { Mirostat = 2, MirostatTau = 1 }, [0, 0, 3 / 7.0, 4 / 7.0]),
            new("mirostat keeps the most probable token when all are too surprising", Weights, new() { Mirostat = 2, MirostatTau = 0.1 }, [0, 0, 0, 1]),
            new("mirostat replaces the other truncation stages", Weights, new() { Mirostat = 2, MirostatTau = 5, TopK = 1, TopP = 0.1, MinP = 1 }, [0.1, 0.2, 0.3, 0.4]),
        ];
    }

    private static IEnumerable<HandComputedCase> Orders() =>
    [
        // Of 2, 3, 4 after top-k: 4/9 + 3/9 = 0.778 reaches 0.75. Without renormalising 0.7 would not.
        new("a truncation stage sees probabilities renormalised by the one before", Weights, new() { TopK = 3, TopP = 0.75 }, [0, 0, 3 / 7.0, 4 / 7.0]),

        // Temperature first: 1, 4, 9, 16 with a limit of 4.8. Last: limit 1.2 of 1, 2, 3, 4, then squares 4, 9, 16 of 29.
        new("the default order applies temperature before min_p", Weights, new() { Temperature = 0.5, MinP = 0.3 }, [0, 0, 9 / 25.0, 16 / 25.0]),
        new(
            "sampler_order can apply temperature after min_p",
            Weights,
            new() { Temperature = 0.5, MinP = 0.3, Order = [SamplerStage.MinP, SamplerStage.Temperature] },
            [0, 4 / 29.0, 9 / 29.0, 16 / 29.0]),
        new("a stage that sampler_order leaves out does not run", Weights, new() { TopK = 1, MinP = 0.6, Order = [SamplerStage.MinP] }, [0, 0, 3 / 7.0, 4 / 7.0]),

        // Top-k 2 first keeps 3 and 4; the bias e^100 of token 0 comes too late. Bias first: token 0 has all but everything.
        new(
            "sampler_order can truncate before it edits",
            Weights,
            new() { TopK = 2, LogitBias = new Dictionary<int, float> { [2] = (float)Math.Log(4), [0] = 100 }, Order = [SamplerStage.TopK, SamplerStage.LogitBias] },
            [0, 0, 12 / 16.0, 4 / 16.0]),
    ];
}
