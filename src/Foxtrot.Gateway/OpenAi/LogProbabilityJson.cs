using Foxtrot.Contracts.Streams;
using Foxtrot.Gateway.Http;

namespace Foxtrot.Gateway.OpenAi;

/// <summary>Log-probabilities as the two routes write them. Of tokens without any, nothing is written.</summary>
internal static class LogProbabilityJson
{
    /// <summary>What stands for −∞, as in OpenAI's API.</summary>
    private static ReadOnlySpan<byte> Impossible => "-9999.0"u8;

    /// <summary>Chat: an object with <c>content</c>, one entry for each token.</summary>
    public static void Chat(JsonBytes json, ReadOnlySpan<TokenEvent> tokens)
    {
        json.Raw("{\"content\":["u8);
        var first = true;
        foreach (ref readonly var token in tokens)
        {
            if (token.Detail is not { } detail)
            {
                continue;
            }

            Comma(json, ref first);
            Entry(json, detail.TokenText, detail.LogProbability);
            json.Raw(",\"top_logprobs\":["u8);
            var firstTop = true;
            foreach (ref readonly var top in detail.Top.AsSpan())
            {
                Comma(json, ref firstTop);
                Entry(json, top.Text, top.LogProbability);
                json.Raw("}"u8);
            }

            json.Raw("]}"u8);
        }

        json.Raw("],\"refusal\":null}"u8);
    }

    /// <summary>Completions: parallel arrays.</summary>
    /// <param name="json">Where to write.</param>
    /// <param name="tokens">The tokens.</param>
    /// <param name="withTop">Whether the most probable tokens were asked for.</param>
    /// <param name="offset">Characters (code points) before the first token; on return, before the next one.</param>
    public static void Completions(JsonBytes json, ReadOnlySpan<TokenEvent> tokens, bool withTop, ref int offset)
    {
        json.Raw("{\"tokens\":["u8);
        var first = true;
        foreach (ref readonly var token in tokens)
        {
            if (token.Detail is { } detail)
            {
                Comma(json, ref first);
                json.Text(detail.TokenText);
            }
        }

        json.Raw("],\"token_logprobs\":["u8);
        first = true;
        foreach (ref readonly var token in tokens)
        {
            if (token.Detail is { } detail)
            {
                Comma(json, ref first);
                json.Number(detail.LogProbability, Impossible);
            }
        }

        Top(json, tokens, withTop);
        json.Raw(",\"text_offset\":["u8);
        first = true;
        foreach (ref readonly var token in tokens)
        {
            if (token.Detail is { } detail)
            {
                Comma(json, ref first);
                json.Number(offset);
                offset += TokenBytes.CodePoints(detail.TokenText);
            }
        }

        json.Raw("]}"u8);
    }

    private static void Top(JsonBytes json, ReadOnlySpan<TokenEvent> tokens, bool withTop)
    {
        if (!withTop)
        {
            json.Raw("],\"top_logprobs\":null"u8);
            return;
        }

        json.Raw("],\"top_logprobs\":["u8);
        var first = true;
        foreach (ref readonly var token in tokens)
        {
            if (token.Detail is { } detail)
            {
                Comma(json, ref first);
                TopByText(json, detail);
            }
        }

        json.Raw("]"u8);
    }

    // A map by text: of several tokens with one text the most probable stands; the chosen one is always there.
    private static void TopByText(JsonBytes json, TokenDetail detail)
    {
        json.Raw("{"u8);
        var first = true;
        var chosen = false;
        for (var i = 0; i < detail.Top.Length; i++)
        {
            ref readonly var top = ref detail.Top[i];
            if (Repeats(detail.Top.AsSpan(0, i), top.Text))
            {
                continue;
            }

            chosen |= top.Text == detail.TokenText;
            Comma(json, ref first);
            json.Text(top.Text);
            json.Raw(":"u8);
            json.Number(top.LogProbability, Impossible);
        }

        if (!chosen)
        {
            Comma(json, ref first);
            json.Text(detail.TokenText);
            json.Raw(":"u8);
            json.Number(detail.LogProbability, Impossible);
        }

        json.Raw("}"u8);
    }

    private static bool Repeats(ReadOnlySpan<TopToken> before, string text)
    {
        foreach (ref readonly var one in before)
        {
            if (one.Text == text)
            {
                return true;
            }
        }

        return false;
    }

    private static void Entry(JsonBytes json, string text, double logProbability)
    {
        json.Raw("{\"token\":"u8);
        json.Text(text);
        json.Raw(",\"logprob\":"u8);
        json.Number(logProbability, Impossible);
        json.Raw(",\"bytes\":"u8);
        TokenBytes.Write(json, text);
    }

    private static void Comma(JsonBytes json, ref bool first)
    {
        if (!first)
        {
            json.Raw(","u8);
        }

        first = false;
    }
}
