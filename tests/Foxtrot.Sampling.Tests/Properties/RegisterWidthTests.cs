using CsCheck;
using Foxtrot.Sampling.Kernels;
using Foxtrot.Sampling.Tests.Kernels;

namespace Foxtrot.Sampling.Tests.Properties;

/// <summary>The whole way from row to token has the same bits whichever vector registers the machine has.</summary>
public sealed class RegisterWidthTests
{
    [Fact]
    public void Any_stage_order_and_draw_has_the_same_bits_for_every_register_width() => Check(stream: 60, Scenario.Any, 300);

    [Fact]
    public void Rows_of_real_vocabularies_have_the_same_bits_for_every_register_width() => Check(stream: 61, Scenario.Long, 20);

    private static void Check(uint stream, Gen<Scenario> scenarios, int count) =>
        new FixedCases(stream).ForEach(Gen.Select(scenarios, Gen.Enum<DrawMethod>()), count, input =>
        {
            var scenario = input.Item1 with { Parameters = input.Item1.Parameters with { Draw = input.Item2 } };
            var expected = Draw(scenario, RowKernelsTests.Scalar);
            foreach (var width in RowKernelsTests.Vectors)
            {
                Assert.Equal(expected, Draw(scenario, width));
            }
        });

    private static (TokenDraw Draw, double Mu) Draw(Scenario scenario, RowKernels kernels)
    {
        using var batch = new BatchSampler(1, kernels);
        var sampler = scenario.Sampler();
        var draws = new TokenDraw[1];
        batch.Sample(scenario.Row.Logits(), scenario.Row.Vocabulary, [new SampleRow(sampler)], draws);
        return (draws[0], sampler.Mu);
    }
}
