using System.Text.Json;

namespace Foxtrot.Inference.Models;

/// <summary>Reads a folder's chat templates: <c>chat_template.jinja</c>, else <c>chat_template</c> of tokenizer_config.json.</summary>
internal static class ChatTemplates
{
    /// <summary>Name to Jinja text; the unnamed one is "default".</summary>
    public static Dictionary<string, string> Read(string folder)
    {
        var templates = new Dictionary<string, string>(StringComparer.Ordinal);
        if (JsonFields.Read(folder, "tokenizer_config.json") is { } config && config.TryGet("chat_template", out var value))
        {
            if (value.ValueKind == JsonValueKind.String)
            {
                templates["default"] = value.GetString()!;
            }
            else if (value.ValueKind == JsonValueKind.Array)
            {
                foreach (var item in value.EnumerateArray())
                {
                    if (item.ValueKind != JsonValueKind.Object
                        || !item.TryGetProperty("name", out var name) || name.ValueKind != JsonValueKind.String
                        || !item.TryGetProperty("template", out var text) || text.ValueKind != JsonValueKind.String)
                    {
                        throw config.Wrong("chat_template", item, "a string or a list of {name, template}");
                    }

                    templates[name.GetString()!] = text.GetString()!;
                }
            }
            else
            {
                throw config.Wrong("chat_template", value, "a string or a list of {name, template}");
            }
        }

        // transformers prefers the file to the field when a folder has both.
        var file = Path.Combine(folder, "chat_template.jinja");
        if (File.Exists(file))
        {
            templates["default"] = File.ReadAllText(file);
        }

        return templates;
    }
}
