using static Foxtrot.Sampling.SamplerStage;

namespace Foxtrot.Sampling.Tests;

public class SamplerOrderTests
{
    private static readonly SamplerStage[] Constraints = [AllowedTokenIds, BadWords, MinTokens, LogitBias];

    [Fact]
    public void Every_stage_has_a_name_that_leads_back_to_it()
    {
        Assert.Equal(18, SamplerOrder.Default.Count);
        foreach (SamplerStage stage in SamplerOrder.Default)
        {
            Assert.True(SamplerOrder.TryParse(SamplerOrder.NameOf(stage), out SamplerStage parsed));
            Assert.Equal(stage, parsed);
        }

        Assert.Equal("frequency_presence_penalty", SamplerOrder.NameOf(FrequencyPresencePenalty));
        Assert.Equal("typical_p", SamplerOrder.NameOf(TypicalP));
        Assert.False(SamplerOrder.TryParse("TopK", out _));
        Assert.False(SamplerOrder.TryParse(null, out _));
    }

    [Fact]
    public void Presets_have_the_orders_of_the_software_they_are_named_after()
    {
        Assert.True(SamplerOrder.TryGetPreset("transformers", out IReadOnlyList<SamplerStage>? transformers));
        Assert.Equal([.. Constraints, Temperature, TopK, TopP, MinP, TypicalP, EpsilonCutoff, EtaCutoff], transformers);
        Assert.True(SamplerOrder.TryGetPreset("vllm", out IReadOnlyList<SamplerStage>? vllm));
        Assert.Equal([.. Constraints, RepetitionPenalty, FrequencyPresencePenalty, Temperature, MinP, TopK, TopP], vllm);
        Assert.True(SamplerOrder.TryGetPreset("llama.cpp", out IReadOnlyList<SamplerStage>? llama));
        Assert.Equal(
            [.. Constraints, RepetitionPenalty, FrequencyPresencePenalty, Dry, TopNSigma, TopK, TypicalP, TopP, MinP, Xtc, Temperature, Mirostat],
            llama);
        Assert.True(SamplerOrder.TryGetPreset("default", out IReadOnlyList<SamplerStage>? standard));
        Assert.Equal(Enum.GetValues<SamplerStage>(), standard);
        Assert.False(SamplerOrder.TryGetPreset("ollama", out _));
    }

    [Fact]
    public void The_order_decides()
    {
        float[] row = Rows.FromProbabilities(0.5, 0.3, 0.2);
        SamplingParams parameters = new() { Temperature = 2, MinP = 0.7 };

        // T = 2: ratios become 0.775 and 0.632, so min-p after the temperature keeps two, before it one.
        Assert.Equal(2, Rows.Final(row, parameters with { Order = SamplerOrder.Transformers }).Count(p => p > 0));
        Assert.Equal(1, Rows.Final(row, parameters with { Order = SamplerOrder.LlamaCpp }).Count(p => p > 0));
    }

    [Fact]
    public void A_stage_that_the_order_leaves_out_does_not_run()
    {
        SamplingParams parameters = new() { TopK = 1, MinP = 0.5, Temperature = 0.5, Order = [MinP] };

        Assert.Equal([MinP], Explain.Row([1, 2, 3], Rows.Sampler(parameters, 3)).Stages.Select(stage => stage.Stage));
    }
}
