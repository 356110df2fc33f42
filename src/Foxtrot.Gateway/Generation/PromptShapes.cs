using System.Text.Json;
using Foxtrot.Contracts.Sessions;
using Foxtrot.Gateway.Fields;
using Microsoft.OpenApi;

namespace Foxtrot.Gateway.Generation;

/// <summary>One prompt: a text, or token ids.</summary>
internal sealed class PromptShape : Shape<Prompt>
{
    private static readonly TextShape Text = new();
    private static readonly ListShape<int> Ids = new(new TokenIdShape(), 1);

    public override string Expected => "a string or an array of token ids";

    public override OpenApiSchema Schema() => new() { AnyOf = [Text.Schema(), Ids.Schema()] };

    public override bool TryRead(JsonElement value, string path, FieldErrors errors, out Prompt result)
    {
        result = new();
        switch (value.ValueKind)
        {
            case JsonValueKind.String when Text.TryRead(value, path, errors, out var text):
                result = new() { Text = text };
                return true;
            case JsonValueKind.Array when Ids.TryRead(value, path, errors, out var ids):
                result = new() { Tokens = ids };
                return true;
            case JsonValueKind.String or JsonValueKind.Array:
                return false;
            default:
                errors.Expected(path, Expected, value);
                return false;
        }
    }
}

/// <summary>One prompt or several: a text, an array of texts, an array of token ids, or an array of such arrays.</summary>
internal sealed class PromptsShape(int most) : Shape<Prompt[]>
{
    private static readonly PromptShape One = new();
    private readonly ListShape<Prompt> _several = new(One, 1, most);

    public override string Expected => "a string, an array of strings, an array of token ids, or an array of such arrays";

    public override OpenApiSchema Schema() => new()
    {
        AnyOf =
        [
            .. One.Schema().AnyOf!,
            new ListShape<string>(new TextShape(), 1, most).Schema(),
            new ListShape<int[]>(new ListShape<int>(new TokenIdShape(), 1), 1, most).Schema(),
        ],
    };

    public override bool TryRead(JsonElement value, string path, FieldErrors errors, out Prompt[] result)
    {
        if (value.ValueKind == JsonValueKind.Array && value.GetArrayLength() > 0 && value[0].ValueKind is JsonValueKind.String or JsonValueKind.Array)
        {
            return SameKind(value, path, errors) & _several.TryRead(value, path, errors, out result);
        }

        if (value.ValueKind is JsonValueKind.String or JsonValueKind.Array)
        {
            var sound = One.TryRead(value, path, errors, out var prompt);
            result = [prompt];
            return sound;
        }

        errors.Expected(path, Expected, value);
        result = [];
        return false;
    }

    private static bool SameKind(JsonElement value, string path, FieldErrors errors)
    {
        var kind = value[0].ValueKind;
        foreach (var element in value.EnumerateArray())
        {
            if (element.ValueKind != kind)
            {
                errors.Add(path, $"{path} must hold strings alone or arrays of token ids alone, but holds {FieldErrors.Show(value[0])} and {FieldErrors.Show(element)}");
                return false;
            }
        }

        return true;
    }
}
