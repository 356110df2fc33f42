using System.Text.Json;
using Foxtrot.Inference.ChatTemplates.Builtins;
using Foxtrot.Inference.ChatTemplates.Evaluation;
using Foxtrot.Inference.ChatTemplates.Syntax;
using Foxtrot.Inference.ChatTemplates.Values;

namespace Foxtrot.Inference.ChatTemplates;

/// <summary>A model's chat template: the Jinja program that turns a conversation into the prompt the model was trained on.</summary>
/// <remarks>
/// Runs the part of Jinja 3.1 that Hugging Face models' templates use, with the settings of transformers
/// (trim_blocks, lstrip_blocks, loop controls, no autoescape, immutable values) and Python's semantics. What is left
/// out — inheritance, imports, <c>call</c>, <c>with</c>, recursive loops, printf formatting, methods that change a list or a
/// dict — is refused by name. No .NET object is reachable from a template. Immutable; safe for concurrent use.
/// </remarks>
public sealed class ChatTemplate
{
    private readonly Statement[] _statements;

    private ChatTemplate(Statement[] statements) => _statements = statements;

    /// <summary>Parses a template.</summary>
    /// <param name="jinja">The <c>chat_template</c> of tokenizer_config.json, or the text of chat_template.jinja.</param>
    /// <exception cref="ChatTemplateException">It is malformed, or uses what is not supported; the error names line and column.</exception>
    public static ChatTemplate Parse(string jinja)
    {
        ArgumentNullException.ThrowIfNull(jinja);
        return new ChatTemplate(StatementParser.Parse(jinja));
    }

    /// <summary>The prompt of a conversation.</summary>
    /// <param name="messages">The conversation, oldest first.</param>
    /// <param name="context">Special tokens, the generation prompt, further variables, the clock, the limits.</param>
    /// <exception cref="ChatTemplateException">
    /// The template refused the conversation (kind <see cref="ChatTemplateErrorKind.Raised"/>), failed, or passed a limit.
    /// </exception>
    /// <exception cref="ArgumentException">A further variable is called "messages".</exception>
    public string Render(IReadOnlyList<ChatMessage> messages, ChatTemplateContext context)
    {
        ArgumentNullException.ThrowIfNull(messages);
        ArgumentNullException.ThrowIfNull(context);
        if (context.Variables?.ContainsKey("messages") == true)
        {
            throw new ArgumentException("Variables cannot hold 'messages'; pass them as messages.", nameof(context));
        }

        var state = new RenderState(context.Limits, context.Time);
        var globals = new Scope(null);
        GlobalFunctions.Define(globals);
        Define(globals, messages, context, state);
        new Interpreter(state).Render(_statements, new Scope(globals));
        return state.Finish();
    }

    private static void Define(Scope scope, IReadOnlyList<ChatMessage> messages, ChatTemplateContext context, RenderState state)
    {
        scope.Set("messages", state.List([.. messages.Select(message => JsonValues.From(message, state))]));
        scope.Set("add_generation_prompt", BoolValue.Of(context.AddGenerationPrompt));

        // transformers always passes these two, so templates that ask 'is defined' expect them to be.
        scope.Set("tools", NoneValue.Instance);
        scope.Set("documents", NoneValue.Instance);
        if (context.BosToken is not null)
        {
            scope.Set("bos_token", state.Text(context.BosToken));
        }

        if (context.EosToken is not null)
        {
            scope.Set("eos_token", state.Text(context.EosToken));
        }

        foreach ((string name, JsonElement value) in context.Variables ?? new Dictionary<string, JsonElement>())
        {
            scope.Set(name, JsonValues.From(value, state));
        }
    }
}
