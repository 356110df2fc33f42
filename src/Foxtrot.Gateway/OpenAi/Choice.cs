using System.Diagnostics;
using System.Text;
using Foxtrot.Client.Streams;
using Foxtrot.Contracts.Sessions;
using Foxtrot.Contracts.Streams;

namespace Foxtrot.Gateway.OpenAi;

/// <summary>One output of a request.</summary>
/// <param name="index">Its number in the answer.</param>
/// <param name="paysPrompt">Whether its prompt counts: once for all choices of one prompt.</param>
/// <param name="reader">Its tokens.</param>
internal sealed class Choice(int index, bool paysPrompt, GenerationReader reader)
{
    private StringBuilder? _text;

    /// <summary>Its number in the answer.</summary>
    public int Index => index;

    /// <summary>Its tokens. Whoever reads them reads through <see cref="TryRead"/>, which counts.</summary>
    public GenerationReader Reader => reader;

    /// <summary>Tokens read.</summary>
    public int Read { get; private set; }

    /// <summary>When the first token was read, as the system's time stamp; 0 before.</summary>
    public long FirstRead { get; private set; }

    /// <summary>Tokens that were written to the client's connection.</summary>
    public int Delivered { get; private set; }

    /// <summary>The text read, what its end has of it included; empty when it was not kept.</summary>
    public string Text => _text is null ? "" : _text + reader.End?.Rest;

    /// <summary>Keeps the text of what is read from now on.</summary>
    public void KeepText() => _text ??= new StringBuilder();

    /// <summary>All tokens read so far are on their way to the client.</summary>
    public void Deliver() => Delivered = Read;

    /// <summary>Takes the next token if there is one by now.</summary>
    public bool TryRead(out TokenEvent token)
    {
        if (!reader.TryRead(out token))
        {
            return false;
        }

        if (Read++ == 0)
        {
            FirstRead = Stopwatch.GetTimestamp();
        }

        _text?.Append(token.Text);

        return true;
    }

    /// <summary>Whether it came to its end, and all of it was written.</summary>
    public bool IsWhole => reader.End is { Finish: Finish.Stop or Finish.Length } && Delivered == Read;

    /// <summary>What it has cost; exact once it has ended.</summary>
    public Usage Usage
    {
        get
        {
            var usage = reader.End?.Usage ?? new Usage(reader.Start?.PromptTokens ?? 0, Read);
            usage = usage with { CompletionTokens = Math.Max(usage.CompletionTokens, Read) };
            return paysPrompt ? usage : usage with { PromptTokens = 0, CachedTokens = 0 };
        }
    }
}
