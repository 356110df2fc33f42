using Foxtrot.Inference.ChatTemplates;
using Foxtrot.Inference.Models;
using Foxtrot.Inference.Tokenization;

namespace Foxtrot.Inference.Text;

/// <summary>The prompts that a model's own chat template makes of conversations.</summary>
/// <remarks>Thread-safe. Reads the template at the first use, so that a model without one can be opened.</remarks>
public sealed class ChatPrompt
{
    private readonly Lazy<ChatTemplate> _template;
    private readonly ChatTemplateContext _context;

    /// <param name="folder">The model's folder.</param>
    /// <param name="tokenizer">Its tokenizer, for the names of the first and last token.</param>
    public ChatPrompt(ModelFolder folder, ITokenizer tokenizer)
    {
        _template = new(() => ChatTemplate.Parse(folder.ChatTemplate
            ?? throw new ModelException($"{folder.Path}: there is no chat template, neither chat_template.jinja nor chat_template in tokenizer_config.json")));
        _context = new ChatTemplateContext
        {
            BosToken = tokenizer.BosToken is { } bos ? tokenizer.TokenText(bos) : null,
            EosToken = tokenizer.EosToken is { } eos ? tokenizer.TokenText(eos) : null,
        };
    }

    /// <summary>Renders a conversation, ending with the opening of the assistant's turn.</summary>
    /// <param name="messages">The conversation, oldest first.</param>
    /// <param name="time">What templates are told when they ask for the time; null for now.</param>
    /// <returns>Text with special tokens spelled out: encode it without adding any.</returns>
    /// <exception cref="ModelException">The folder has no chat template.</exception>
    /// <exception cref="ChatTemplateException">The template is not supported, or refuses the conversation.</exception>
    public string Render(IReadOnlyList<ChatMessage> messages, DateTimeOffset? time = null) =>
        _template.Value.Render(messages, time is { } at ? _context with { Time = new FixedTime(at) } : _context);

    private sealed class FixedTime(DateTimeOffset time) : TimeProvider
    {
        public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

        public override DateTimeOffset GetUtcNow() => time;
    }
}
