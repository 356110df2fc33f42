using Foxtrot.Inference.Tests.TinyModels;

namespace Benchmarks.Models;

/// <summary>Models with random weights: what they say is noise, what they cost is not.</summary>
internal static class RandomModel
{
    /// <summary>The shape of the 15M-parameter story models of llama2.c: 6 layers of 6 heads, 288 wide, tied embedding of 32,000 tokens.</summary>
    private static readonly TinyModelSpec FifteenMillion = new()
    {
        Vocabulary = 32_000,
        Layers = 6,
        Heads = 6,
        KeyValueHeads = 6,
        HeadSize = 48,
        Intermediate = 768,
        ContextLength = 512,
        Head = TinyHead.Tied,

        // Gives logits with a deviation of about 2.5, as trained models have: drawing from them costs what it does there.
        EmbeddingScale = 0.25f,
    };

    /// <summary>Writes such a model, laid out as on Hugging Face.</summary>
    /// <param name="folder">Created when missing; files in it are overwritten.</param>
    public static void Write(string folder)
    {
        Directory.CreateDirectory(folder);

        // Not disposed of: that would delete it.
        _ = new TinyFolder(FifteenMillion, Path.GetFullPath(folder));
    }
}
