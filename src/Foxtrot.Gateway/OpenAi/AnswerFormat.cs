using Foxtrot.Contracts.Sessions;
using Foxtrot.Contracts.Streams;
using Foxtrot.Gateway.Generation;
using Foxtrot.Gateway.Http;

namespace Foxtrot.Gateway.OpenAi;

/// <summary>How one of the two routes writes its choices: whole, and in chunks.</summary>
/// <remarks>Stateless and thread-safe.</remarks>
internal abstract class AnswerFormat
{
    /// <summary>What the OpenTelemetry conventions call the operation.</summary>
    public abstract string Operation { get; }

    /// <summary>Begins the answer's id.</summary>
    public abstract string IdPrefix { get; }

    /// <summary>The <c>object</c> of a whole answer.</summary>
    public abstract string WholeObject { get; }

    /// <summary>The <c>object</c> of a chunk.</summary>
    public abstract string ChunkObject { get; }

    /// <summary>What comes before a chunk's text, its opening quote included.</summary>
    public abstract ReadOnlySpan<byte> ChunkTextOpen { get; }

    /// <summary>What comes after a chunk's text, its closing quote first.</summary>
    public abstract ReadOnlySpan<byte> ChunkTextClose { get; }

    /// <summary>A chunk's body without text.</summary>
    public abstract ReadOnlySpan<byte> ChunkWithoutText { get; }

    /// <summary>The body of a choice's first chunk; empty when there is no such chunk.</summary>
    public abstract ReadOnlySpan<byte> FirstChunk { get; }

    /// <summary>What comes before a whole choice's text, its opening quote not included.</summary>
    public abstract ReadOnlySpan<byte> WholeTextOpen { get; }

    /// <summary>What comes after a whole choice's text, its closing quote not included.</summary>
    public abstract ReadOnlySpan<byte> WholeTextClose { get; }

    /// <summary>Log-probabilities of tokens.</summary>
    public abstract void LogProbabilities(JsonBytes json, ReadOnlySpan<TokenEvent> tokens, bool withTop, ref int offset);

    /// <summary>Writes usage.</summary>
    public static void Usage(JsonBytes json, Usage usage)
    {
        json.Raw("{\"prompt_tokens\":"u8);
        json.Number(usage.PromptTokens);
        json.Raw(",\"completion_tokens\":"u8);
        json.Number(usage.CompletionTokens);
        json.Raw(",\"total_tokens\":"u8);
        json.Number((long)usage.PromptTokens + usage.CompletionTokens);
        json.Raw(",\"prompt_tokens_details\":{\"cached_tokens\":"u8);
        json.Number(usage.CachedTokens);
        json.Raw("}}"u8);
    }

    /// <summary>The finish reason of a proper end.</summary>
    public static ReadOnlySpan<byte> FinishReason(Finish finish) => finish == Finish.Length ? "\"length\""u8 : "\"stop\""u8;

    /// <summary>What every answer and chunk begins with, after the brace.</summary>
    public static void Head(JsonBytes json, string id, string what, long created, string model, ulong seed, StreamStart start, int samplerVersion)
    {
        json.Raw("\"id\":"u8);
        json.Text(id);
        json.Raw(",\"object\":"u8);
        json.Text(what);
        json.Raw(",\"created\":"u8);
        json.Number(created);
        json.Raw(",\"model\":"u8);
        json.Text(model);
        json.Raw(",\"system_fingerprint\":"u8);
        json.Text(Fingerprints.System(start.ModelHash, samplerVersion, start.Fingerprint));
        json.Raw(",\"seed\":"u8);
        json.Text(seed.ToString(System.Globalization.CultureInfo.InvariantCulture));
        json.Raw(",\"choices\":["u8);
    }

    /// <summary>Writes <c>,"token_ids":[...]</c>.</summary>
    public static void TokenIds(JsonBytes json, ReadOnlySpan<TokenEvent> tokens)
    {
        json.Raw(",\"token_ids\":["u8);
        for (var i = 0; i < tokens.Length; i++)
        {
            if (i > 0)
            {
                json.Raw(","u8);
            }

            json.Number(tokens[i].Token);
        }

        json.Raw("]"u8);
    }
}

/// <summary>Chat.</summary>
internal sealed class ChatFormat : AnswerFormat
{
    public override string Operation => "chat";

    public override string IdPrefix => "chatcmpl";

    public override string WholeObject => "chat.completion";

    public override string ChunkObject => "chat.completion.chunk";

    public override ReadOnlySpan<byte> ChunkTextOpen => "\"delta\":{\"content\":\""u8;

    public override ReadOnlySpan<byte> ChunkTextClose => "\"}"u8;

    public override ReadOnlySpan<byte> ChunkWithoutText => "\"delta\":{}"u8;

    public override ReadOnlySpan<byte> FirstChunk => "\"delta\":{\"role\":\"assistant\",\"content\":\"\"}"u8;

    public override ReadOnlySpan<byte> WholeTextOpen => "\"message\":{\"role\":\"assistant\",\"content\":"u8;

    public override ReadOnlySpan<byte> WholeTextClose => ",\"refusal\":null}"u8;

    public override void LogProbabilities(JsonBytes json, ReadOnlySpan<TokenEvent> tokens, bool withTop, ref int offset) => LogProbabilityJson.Chat(json, tokens);
}

/// <summary>Completions.</summary>
internal sealed class CompletionFormat : AnswerFormat
{
    public override string Operation => "text_completion";

    public override string IdPrefix => "cmpl";

    public override string WholeObject => "text_completion";

    public override string ChunkObject => "text_completion";

    public override ReadOnlySpan<byte> ChunkTextOpen => "\"text\":\""u8;

    public override ReadOnlySpan<byte> ChunkTextClose => "\""u8;

    public override ReadOnlySpan<byte> ChunkWithoutText => "\"text\":\"\""u8;

    public override ReadOnlySpan<byte> FirstChunk => [];

    public override ReadOnlySpan<byte> WholeTextOpen => "\"text\":"u8;

    public override ReadOnlySpan<byte> WholeTextClose => [];

    public override void LogProbabilities(JsonBytes json, ReadOnlySpan<TokenEvent> tokens, bool withTop, ref int offset) =>
        LogProbabilityJson.Completions(json, tokens, withTop, ref offset);
}
