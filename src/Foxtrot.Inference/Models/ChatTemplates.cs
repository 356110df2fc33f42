using System.Text.Json;

namespace Foxtrot.Inference.Models;

/// <summary>Reads a folder's chat templates: <c>chat_template.jinja</c>, else <c>chat_template</c> of tokenizer_config.json.</summary>
internal static class ChatTemplates
{
    /// <summary>Name to Jinja text; the unnamed one is "default".</summary>
    public static Dictionary<string, string> Read(string folder)
    {
        var templates = new Dictionary<string, string>(StringComparer.Ordinal);
        const string Expected = "a string or a list of {name, template}";
        if (JsonFields.Read(folder, "tokenizer_config.json") is { } config && config.TryGet("chat_template", out var value))
        {
            if (value.ValueKind != JsonValueKind.Array)
            {
                templates["default"] = config.Text("chat_template", value, Expected);
            }
            else
            {
                foreach (var item in value.EnumerateArray())
                {
                    if (item.ValueKind != JsonValueKind.Object || !item.TryGetProperty("name", out var name) || !item.TryGetProperty("template", out var text))
                    {
                        throw config.Wrong("chat_template", item, Expected);
                    }

                    templates[config.Text("chat_template", name, Expected)] = config.Text("chat_template", text, Expected);
                }
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
