using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Foxtrot.Inference.ForwardPass;
using Foxtrot.Inference.Models;
using Foxtrot.Sampling;

namespace Foxtrot.Inference.Engine;

/// <summary>
/// What a worker computes, in one hash: model files, sampler version, and the bits of a few forward passes on this very
/// machine. Workers with equal fingerprints give equal text.
/// </summary>
/// <param name="Hash">16 lower-case hex digits.</param>
/// <param name="Inexact">Why this worker promises no exact reproduction; null when it does.</param>
/// <remarks>
/// The same tokens are fed alone, in a ragged batch of three, in one piece and in chunks of seven, and decoded further
/// with and without neighbours. If the bits disagree, the build of ONNX Runtime, the model or the processor breaks the
/// contract, and no promise is made.
/// </remarks>
public sealed record WorkerFingerprint(string Hash, string? Inexact)
{
    private const int Rows = 3;
    private const int Chunk = 7;
    private const int ShortRun = 3 * Chunk;
    private const int LongRun = 600;
    private const int ShortestContext = ShortRun + 1 + DecodeSteps;
    private const int DecodeSteps = 4;

    /// <summary>Whether this worker promises exact reproduction.</summary>
    public bool IsExact => Inexact is null;

    /// <summary>Runs the passes and hashes them; takes some tens of milliseconds for a small model.</summary>
    /// <param name="model">The model; others may use it meanwhile.</param>
    public static WorkerFingerprint Compute(LoadedModel model)
    {
        if (model.ContextLength < ShortestContext)
        {
            return new WorkerFingerprint("0000000000000000", $"a context of {model.ContextLength} tokens is too short for the self-check, which takes {ShortestContext}");
        }

        var longRun = Math.Min(LongRun, model.ContextLength - DecodeSteps);
        using var runner = ForwardRunner.Create(model, Rows, longRun + DecodeSteps);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{model.ContentHash} sampler {SamplerVersion.Current} {model.Device.Kind} "));

        var probe = new Probe(runner, Tokens(longRun + DecodeSteps, model.Graph.Vocabulary));
        var alone = probe.Alone(ShortRun, ShortRun);
        var chunks = probe.Alone(ShortRun, Chunk);
        var batch = probe.InBatch(ShortRun);
        foreach (var row in (float[][])[.. alone, .. probe.Alone(longRun, longRun)])
        {
            hash.AppendData(MemoryMarshal.AsBytes<float>(row));
        }

        var inexact = model.Graph.RowsIndependent ? null : model.Graph.RowsDependReason;
        inexact ??= Same(alone, chunks) ? null : "a prompt fed in chunks gives other bits than in one piece";
        inexact ??= Same(alone, batch) ? null : "a sequence in a batch gets other bits than alone";
        return new WorkerFingerprint(Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 8)), inexact);
    }

    private static int[] Tokens(int count, int vocabulary)
    {
        var tokens = new int[count];
        for (var i = 0; i < count; i++)
        {
            tokens[i] = (int)(((i * 7919L) + 13) % vocabulary);
        }

        return tokens;
    }

    private static bool Same(float[][] left, float[][] right)
    {
        for (var i = 0; i < left.Length; i++)
        {
            if (!MemoryMarshal.AsBytes<float>(left[i]).SequenceEqual(MemoryMarshal.AsBytes<float>(right[i])))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Logits after a run and after each of some decoded tokens: [1 + steps][vocabulary].</summary>
    private sealed class Probe(ForwardRunner runner, int[] tokens)
    {
        public float[][] Alone(int run, int chunk)
        {
            var result = new float[1 + DecodeSteps][];
            for (var start = 0; start < run; start += chunk)
            {
                result[0] = runner.Prefill(0, tokens.AsSpan(start, Math.Min(chunk, run - start)), start).ToArray();
            }

            for (var step = 0; step < DecodeSteps; step++)
            {
                result[1 + step] = runner.Decode(tokens.AsSpan(run + step, 1), [run + step]).ToArray();
            }

            runner.Reset();
            return result;
        }

        // The sequence of interest is the middle row; its neighbours are shorter and start elsewhere.
        public float[][] InBatch(int run)
        {
            int[] lengths = [run - 4, run, 2];
            var width = ForwardRunner.RunWidth(run);
            var padded = new int[Rows * width];
            for (var row = 0; row < Rows; row++)
            {
                tokens.AsSpan(row == 1 ? 0 : row + 1, run).CopyTo(padded.AsSpan(row * width));
            }

            var result = new float[1 + DecodeSteps][];
            result[0] = Middle(runner.PrefillBatch(0, padded, width, lengths));
            for (var step = 0; step < DecodeSteps; step++)
            {
                var next = tokens[run + step];
                result[1 + step] = Middle(runner.Decode([tokens[step], next, next], lengths));
                for (var row = 0; row < Rows; row++)
                {
                    lengths[row]++;
                }
            }

            runner.Reset();
            return result;
        }

        private float[] Middle(Span<float> logits) => logits.Slice(runner.Vocabulary, runner.Vocabulary).ToArray();
    }
}
