using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Foxtrot.Inference.Tests.TinyModels;

/// <summary>One forward pass from an empty cache, by the plainest means, to compare others with.</summary>
internal static class Forward
{
    /// <summary>Logits of a rectangular batch of token ids, row after row.</summary>
    /// <param name="model">The model; edited ones need <paramref name="logitRows"/>.</param>
    /// <param name="tokens">Token ids [batch, length].</param>
    /// <param name="logitRows">Which of the batch × length positions get logits.</param>
    /// <param name="lengths">Real tokens per row, the rest being padding on the right; null is all.</param>
    public static float[] Run(LoadedModel model, long[,] tokens, long[]? logitRows, int[]? lengths = null)
    {
        var graph = model.Graph;
        int batch = tokens.GetLength(0), length = tokens.GetLength(1);
        var inputs = new Dictionary<string, OrtValue>
        {
            [graph.InputIds] = Longs(batch, length, (row, column) => tokens[row, column]),
            [graph.AttentionMask] = Longs(batch, length, (row, column) => column < (lengths?[row] ?? length) ? 1 : 0),
        };
        if (graph.PositionIds is { } positions)
        {
            inputs[positions] = Longs(batch, length, (_, column) => column);
        }

        foreach (var name in graph.PastKeys.Concat(graph.PastValues))
        {
            long[] shape = [batch, graph.KeyValueHeads, 0, graph.HeadSize];
            inputs[name] = graph.CacheType == TensorElementType.Float
                ? OrtValue.CreateTensorValueFromMemory(Array.Empty<float>(), shape)
                : OrtValue.CreateTensorValueFromMemory(Array.Empty<Float16>(), shape);
        }

        if (graph.LogitRows is { } rows)
        {
            inputs[rows] = OrtValue.CreateTensorValueFromMemory(logitRows!, [logitRows!.Length]);
        }

        using var options = new RunOptions();
        using var outputs = model.Session.Run(options, inputs, [graph.Logits]);
        foreach (var input in inputs.Values)
        {
            input.Dispose();
        }

        return graph.LogitsType == TensorElementType.Float
            ? outputs[0].GetTensorDataAsSpan<float>().ToArray()
            : Array.ConvertAll(outputs[0].GetTensorDataAsSpan<Float16>().ToArray(), value => (float)value);
    }

    /// <summary>Token ids that look random and are the same every time.</summary>
    public static long[,] Tokens(int batch, int length, int vocabulary, ulong seed = 7)
    {
        var random = new TinyRandom(seed, "tokens");
        var tokens = new long[batch, length];
        for (var row = 0; row < batch; row++)
        {
            for (var column = 0; column < length; column++)
            {
                tokens[row, column] = 3 + (long)(random.Next() % (ulong)(vocabulary - 3));
            }
        }

        return tokens;
    }

    private static OrtValue Longs(int batch, int length, Func<int, int, long> value)
    {
        var values = new long[batch * length];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = value(i / length, i % length);
        }

        return OrtValue.CreateTensorValueFromMemory(values, [batch, length]);
    }
}
