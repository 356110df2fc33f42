using Foxtrot.Cluster.Workers;
using Foxtrot.Contracts;
using Foxtrot.Contracts.Sessions;
using Foxtrot.Inference.Engine;
using Foxtrot.Sampling;

namespace Foxtrot.Cluster.Sessions;

/// <summary>Replays what a receipt is about and compares.</summary>
internal static class ReceiptCheck
{
    /// <summary>Generates the receipt's output again.</summary>
    /// <param name="model">The receipt's model, as this worker has it.</param>
    /// <param name="tenant">Who asks.</param>
    /// <param name="receipt">What to compare with.</param>
    /// <param name="log">Everything before the output, and the output itself where it is known.</param>
    /// <param name="start">Where the output starts in the log.</param>
    /// <param name="text">The output's text as its owner has it; null compares hashes alone.</param>
    public static async Task<Outcome<VerifyView>> VerifyAsync(WorkerModel model, string tenant, Receipt receipt, TokenLog log, int start, string? text)
    {
        if (Mismatch(model, receipt, log, start) is { } mismatch)
        {
            return new VerifyView(false, -1, mismatch);
        }

        // Prescribed tokens are not drawn; without the session's log there are none to prescribe.
        var known = log.Count - start;
        if (receipt.Forced > known)
        {
            return new VerifyView(false, -1, $"the first {receipt.Forced} tokens were prescribed, and only their session knows them");
        }

        var errors = new List<ParameterError>();
        var sampling = SamplingResolver.Parameters(receipt.Sampling, model.Served.Tokenizer, errors);
        var prefix = Cut(log, start + receipt.Forced);
        var continued = start - Cut(log, start).TurnStart;
        var request = new GenerationRequest
        {
            Log = prefix,
            Sampling = sampling,
            Seed = receipt.Seed,
            Choice = receipt.Choice,
            MaxTokens = Math.Max(receipt.Tokens, 1) + continued,
            EndTokens = receipt.EndTokens,
        };
        errors.AddRange(request.Validate(model.Info.Vocabulary, model.Info.ContextLength));
        if (errors.Count > 0)
        {
            return new Refusal(RefusalKind.Invalid, string.Join("; ", errors.Select(e => "receipt: " + e.Message)), "receipt");
        }

        var started = model.Submit(tenant, request, mayRefuse: true);
        if (started.Value is not { } generation)
        {
            return started.Refusal!;
        }

        await generation.Completion;
        var output = generation.TokenIds().AsSpan(continued).ToArray();
        return Compare(model, receipt, log.Tokens[(start - continued)..start], output, log.Tokens[start..], text);
    }

    private static VerifyView Compare(
        WorkerModel model, Receipt receipt, ReadOnlySpan<int> continued, int[] output, ReadOnlySpan<int> known, string? text)
    {
        var produced = SessionViews.Text(model, [.. continued, .. output], continued.Length, receipt.Stop, ended: true);
        if (output.Length == receipt.Tokens && SessionHashes.Of(output) == receipt.OutputHash)
        {
            return text is null || text == produced
                ? new VerifyView(true, -1, null)
                : new VerifyView(false, FirstDifference(model, continued, output, receipt.Stop, text), "the text is not what was generated");
        }

        for (var i = 0; i < Math.Min(output.Length, known.Length); i++)
        {
            if (output[i] != known[i])
            {
                return new VerifyView(false, i, "the replay gives another token");
            }
        }

        return new VerifyView(
            false,
            text is null ? -1 : FirstDifference(model, continued, output, receipt.Stop, text),
            "the replay gives another output than the receipt's");
    }

    // The first output token whose text is not what the owner's text has there.
    private static int FirstDifference(WorkerModel model, ReadOnlySpan<int> continued, int[] output, string[] stops, string text)
    {
        for (var i = 1; i <= output.Length; i++)
        {
            var upTo = SessionViews.Text(model, [.. continued, .. output[..i]], continued.Length, stops, ended: i == output.Length);
            if (!text.StartsWith(upTo, StringComparison.Ordinal))
            {
                return i - 1;
            }
        }

        return output.Length;
    }

    private static string? Mismatch(WorkerModel model, Receipt receipt, TokenLog log, int start)
    {
        if (receipt.ModelHash != model.Info.Hash)
        {
            return $"the model's files have hash {model.Info.Hash}, the receipt's {receipt.ModelHash}";
        }

        if (receipt.SamplerVersion != model.Info.SamplerVersion)
        {
            return $"the sampler has version {model.Info.SamplerVersion}, the receipt's {receipt.SamplerVersion}";
        }

        if (SessionHashes.Of(log, start) != receipt.PromptHash)
        {
            return "the prompt is not the receipt's";
        }

        if (!receipt.Exact)
        {
            return "the receipt promises no exact reproduction: workers with different fingerprints generated the output";
        }

        return receipt.Fingerprint == model.Info.Fingerprint
            ? null
            : $"this worker's fingerprint is {model.Info.Fingerprint}, the receipt's {receipt.Fingerprint}: the bits of the two may differ";
    }

    private static TokenLog Cut(TokenLog log, int count)
    {
        var cut = TokenLog.Empty;
        for (var i = 0; i < count;)
        {
            var source = log.SourceAt(i);
            var end = i + 1;
            while (end < count && log.SourceAt(end) == source)
            {
                end++;
            }

            cut = cut.Append(source, log.Tokens[i..end]);
            i = end;
        }

        return cut;
    }
}
