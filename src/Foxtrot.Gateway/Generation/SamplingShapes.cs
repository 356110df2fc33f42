using System.Text.Json;
using Foxtrot.Gateway.Fields;
using Foxtrot.Sampling;
using Microsoft.OpenApi;

namespace Foxtrot.Gateway.Generation;

/// <summary>A logit bias.</summary>
internal sealed class BiasShape : Shape<float>
{
    private readonly NumberShape _number = new(-100, 100);

    public override string Expected => _number.Expected;

    public override OpenApiSchema Schema() => _number.Schema();

    public override bool TryRead(JsonElement value, string path, FieldErrors errors, out float result)
    {
        var sound = _number.TryRead(value, path, errors, out var number);
        result = (float)number;
        return sound;
    }
}

/// <summary>A number of standard deviations, or −1 for off.</summary>
internal sealed class SigmaShape : Shape<double>
{
    public override string Expected => "a finite number above 0, or -1 for off";

    public override OpenApiSchema Schema() => new()
    {
        AnyOf = [new NumberShape(0, aboveMinimum: true).Schema(), new OpenApiSchema { Type = JsonSchemaType.Number, Enum = [-1] }],
    };

    public override bool TryRead(JsonElement value, string path, FieldErrors errors, out double result)
    {
        result = 0;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out result) && double.IsFinite(result) && (result > 0 || result == -1))
        {
            return true;
        }

        errors.Expected(path, Expected, value);
        return false;
    }
}

/// <summary>Mirostat's version: 2, or 0 for off.</summary>
internal sealed class MirostatShape : Shape<int>
{
    public override string Expected => "0 (off) or 2";

    public override OpenApiSchema Schema() => new() { AnyOf = [new OpenApiSchema { Type = JsonSchemaType.Integer, Enum = [0, 2] }] };

    public override bool TryRead(JsonElement value, string path, FieldErrors errors, out int result)
    {
        result = 0;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out result) && result is 0 or 2)
        {
            return true;
        }

        errors.Expected(path, Expected, value);
        return false;
    }
}

/// <summary>Names of sampler stages, each once at most, or one name of a preset.</summary>
internal sealed class SamplerOrderShape : Shape<string[]>
{
    private static readonly WordShape Preset = new("default", "transformers", "vllm", "llama.cpp");
    private static readonly ListShape<string> Stages = new(new WordShape([.. SamplerOrder.Default.Select(SamplerOrder.NameOf)]));

    public override string Expected => $"an array of stage names, or {Preset.Expected}";

    public override OpenApiSchema Schema() => new() { AnyOf = [Preset.Schema(), Stages.Schema()] };

    public override bool TryRead(JsonElement value, string path, FieldErrors errors, out string[] result)
    {
        if (value.ValueKind == JsonValueKind.Array)
        {
            if (!Stages.TryRead(value, path, errors, out result))
            {
                return false;
            }

            HashSet<string> seen = [];
            if (result.FirstOrDefault(name => !seen.Add(name)) is not { } again)
            {
                return true;
            }

            errors.Add(path, $"{path} must name each stage once at most, but names {again} again");
            return false;
        }

        result = [];
        if (value.ValueKind != JsonValueKind.String)
        {
            errors.Expected(path, Expected, value);
            return false;
        }

        var sound = Preset.TryRead(value, path, errors, out var preset);
        result = [preset];
        return sound;
    }
}
