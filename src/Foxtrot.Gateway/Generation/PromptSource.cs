using Foxtrot.Contracts.Sessions;
using Foxtrot.Gateway.Fields;

namespace Foxtrot.Gateway.Generation;

/// <summary>The two fields of the native API that say what to continue; at most one of them.</summary>
/// <param name="Given"><c>prompt</c>.</param>
/// <param name="Messages"><c>messages</c>.</param>
internal sealed record PromptSource(Prompt? Given, ChatTurn[]? Messages)
{
    /// <summary>Neither.</summary>
    public static PromptSource None { get; } = new(null, null);

    /// <summary>The fields.</summary>
    public static IReadOnlyList<Field<PromptSource>> Fields { get; } =
    [
        Field.Of<PromptSource, Prompt>("prompt", new PromptShape(), "A text or token ids to continue; not beside messages.", (s, v) => s with { Given = v }),
        Field.Of<PromptSource, ChatTurn[]>("messages", MessageFields.Shape, "A conversation to continue, made a prompt by the model's chat template; not beside prompt.", (s, v) => s with { Messages = v }),
    ];

    /// <summary>What to continue; null when nothing is given.</summary>
    public Prompt? Prompt => Messages is null ? Given : new Prompt { Messages = Messages };

    /// <summary>Checks that both are not given, and that one is where it must be.</summary>
    public void Check(FieldErrors errors, bool required)
    {
        if (Given is not null && Messages is not null)
        {
            errors.Add("messages", "messages must be absent where prompt is given, but both are given");
        }
        else if (required && Prompt is null && !errors.Any)
        {
            errors.Add("prompt", "prompt or messages is required, but both are missing");
        }
    }
}
