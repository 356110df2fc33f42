using System.Text.Json;
using Foxtrot.Inference.ChatTemplates;
using Foxtrot.Model;

namespace Foxtrot.Inference.Tests.ChatTemplates;

/// <summary>The templates of well-known models against Jinja2 3.1.6, the oracle; see Fixtures/README.md.</summary>
public sealed class ModelTemplateTests
{
    public static TheoryData<string, string> Cases()
    {
        var data = new TheoryData<string, string>();
        foreach (string file in Directory.GetFiles(Path.Combine(Fixture.Folder, "Golden")).Order(StringComparer.Ordinal))
        {
            string model = Path.GetFileNameWithoutExtension(file);
            foreach (JsonProperty conversation in Fixture.Json(Path.Combine("Golden", $"{model}.json")).EnumerateObject())
            {
                data.Add(model, conversation.Name);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_models_prompt_is_the_one_Jinja_gives(string model, string conversation)
    {
        JsonElement expected = Fixture.Json(Path.Combine("Golden", $"{model}.json")).GetProperty(conversation);
        JsonElement given = Fixture.Json("conversations.json").GetProperty("models").GetProperty(conversation);
        string template = File.ReadAllText(Path.Combine(Fixture.Folder, "Templates", $"{model}.jinja"));
        if (expected.TryGetProperty("output", out JsonElement output))
        {
            Assert.Equal(output.GetString(), Fixture.Render(template, given));
            return;
        }

        var error = Assert.Throws<ChatTemplateException>(() => Fixture.Render(template, given));
        string reason = expected.GetProperty("error").GetString()!;
        if (reason.StartsWith("TemplateError: ", StringComparison.Ordinal))
        {
            Assert.Equal(ChatTemplateErrorKind.Raised, error.Kind);
            Assert.Equal(reason["TemplateError: ".Length..], error.Reason);
        }
        else
        {
            Assert.Equal(ChatTemplateErrorKind.Evaluation, error.Kind);
        }
    }

    [Fact]
    public void The_bundled_models_template_renders_a_story_prompt()
    {
        JsonElement config = JsonDocument.Parse(File.ReadAllText(Path.Combine(BundledModel.Folder, "tokenizer_config.json"))).RootElement;
        ChatTemplate template = ChatTemplate.Parse(config.GetProperty("chat_template").GetString()!);
        var context = new ChatTemplateContext { BosToken = config.GetProperty("bos_token").GetString() };

        string prompt = template.Render(
            [new ChatMessage("user", "Once"), new ChatMessage("assistant", " upon a time."), new ChatMessage("user", "Then")], context);

        Assert.Equal("<|endoftext|>Once upon a time.\nThen", prompt);
    }
}
