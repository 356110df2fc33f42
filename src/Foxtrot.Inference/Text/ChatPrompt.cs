using Foxtrot.Inference.ChatTemplates;
using Foxtrot.Inference.Models;
using Foxtrot.Inference.Tokenization;

namespace Foxtrot.Inference.Text;

/// <summary>The prompt that a model's own chat template makes of a conversation.</summary>
public static class ChatPrompt
{
    /// <summary>Renders the folder's default template, ending with the opening of the assistant's turn.</summary>
    /// <param name="folder">The model's folder.</param>
    /// <param name="tokenizer">Its tokenizer, for the names of the first and last token.</param>
    /// <param name="messages">The conversation, oldest first.</param>
    /// <returns>Text with special tokens spelled out: encode it without adding any.</returns>
    /// <exception cref="ModelException">The folder has no chat template.</exception>
    /// <exception cref="ChatTemplateException">The template is not supported, or refuses the conversation.</exception>
    public static string Render(ModelFolder folder, ITokenizer tokenizer, IReadOnlyList<ChatMessage> messages)
    {
        var template = folder.ChatTemplate ?? throw new ModelException($"{folder.Path}: there is no chat template, neither chat_template.jinja nor chat_template in tokenizer_config.json");
        return ChatTemplate.Parse(template).Render(messages, new ChatTemplateContext
        {
            BosToken = tokenizer.BosToken is { } bos ? tokenizer.TokenText(bos) : null,
            EosToken = tokenizer.EosToken is { } eos ? tokenizer.TokenText(eos) : null,
        });
    }
}
