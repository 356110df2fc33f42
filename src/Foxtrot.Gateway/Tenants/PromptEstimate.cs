using System.Text;
using Foxtrot.Contracts.Sessions;

namespace Foxtrot.Gateway.Tenants;

/// <summary>How many tokens a prompt is taken for before a worker has read it: exact for token ids, else a quarter of its UTF-8 bytes.</summary>
internal static class PromptEstimate
{
    private const int BytesPerToken = 4;

    /// <summary>Tokens of some prompts together, each rounded up.</summary>
    public static long Of(IReadOnlyList<Prompt> prompts)
    {
        var tokens = 0L;
        foreach (var prompt in prompts)
        {
            tokens += prompt switch
            {
                { Tokens: { } ids } => ids.Length,
                { Messages: { } messages } => OfBytes(messages.Sum(m => (long)Bytes(m.Role) + Bytes(m.Content) + Bytes(m.Name))),
                _ => OfBytes(Bytes(prompt.Text)),
            };
        }

        return tokens;
    }

    private static long OfBytes(long bytes) => (bytes + BytesPerToken - 1) / BytesPerToken;

    private static int Bytes(string? text) => text is null ? 0 : Encoding.UTF8.GetByteCount(text);
}
