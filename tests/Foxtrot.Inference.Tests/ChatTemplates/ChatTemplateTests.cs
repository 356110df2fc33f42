using System.Text.Json;
using Foxtrot.Inference.ChatTemplates;

namespace Foxtrot.Inference.Tests.ChatTemplates;

public sealed class ChatTemplateTests
{
    private static readonly ChatMessage[] Messages = [new("user", "Hi"), new("assistant", "Yo")];

    [Fact]
    public void Messages_are_mappings_with_role_and_content_first()
    {
        var message = new ChatMessage("tool", "42") { Fields = Fields("""{"name": "add", "n": 1.50, "big": 100000000000000000000}""") };
        Assert.Equal(
            """{"role": "tool", "content": "42", "name": "add", "n": 1.5, "big": 100000000000000000000}""",
            Render("{{ messages[0] | tojson }}", [message]));
    }

    [Fact]
    public void A_field_may_replace_the_content()
    {
        var message = new ChatMessage("user", "") { Fields = Fields("""{"content": [{"type": "text", "text": "part"}]}""") };
        Assert.Equal("part", Render("{{ messages[0].content[0].text }}", [message]));
        message = message with { Fields = Fields("""{"content": null}""") };
        Assert.Equal("None", Render("{{ messages[0].content }}", [message]));
    }

    [Fact]
    public void Special_tokens_not_given_are_undefined_and_tools_are_none()
    {
        Assert.Equal(
            "False False True True|True",
            Render("{{ bos_token is defined }} {{ eos_token is defined }} {{ tools is none }} {{ documents is none }}|{{ add_generation_prompt }}", []));
        Assert.Equal("<s></s>", ChatTemplate.Parse("{{ bos_token }}{{ eos_token }}")
            .Render([], new ChatTemplateContext { BosToken = "<s>", EosToken = "</s>" }));
    }

    [Fact]
    public void Variables_win_over_the_named_ones_but_never_over_messages()
    {
        ChatTemplate template = ChatTemplate.Parse("{{ bos_token }}{{ enable_thinking }}");
        var context = new ChatTemplateContext { BosToken = "a", Variables = Fields("""{"bos_token": "b", "enable_thinking": false}""") };
        Assert.Equal("bFalse", template.Render([], context));
        context = context with { Variables = Fields("""{"messages": []}""") };
        Assert.Throws<ArgumentException>(() => template.Render([], context));
    }

    [Fact]
    public void The_generation_prompt_can_be_left_out()
    {
        ChatTemplate template = ChatTemplate.Parse("{{ messages[0].content }}{% if add_generation_prompt %}>{% endif %}");
        Assert.Equal("Hi>", template.Render(Messages, new ChatTemplateContext()));
        Assert.Equal("Hi", template.Render(Messages, new ChatTemplateContext { AddGenerationPrompt = false }));
    }

    [Fact]
    public void Text_in_messages_is_never_run_as_a_template()
    {
        Assert.Equal("{{ 1 + 1 }}{% raw %}", Render("{{ messages[0].content }}", [new ChatMessage("user", "{{ 1 + 1 }}{% raw %}")]));
    }

    [Fact]
    public void Methods_win_over_keys_behind_a_dot_and_keys_over_methods_in_brackets()
    {
        var message = new ChatMessage("user", "x") { Fields = Fields("""{"items": "key"}""") };
        Assert.Equal("True key", Render("{{ messages[0].items is callable }} {{ messages[0]['items'] }}", [message]));
    }

    [Fact]
    public void One_template_renders_many_conversations_at_once()
    {
        ChatTemplate template = ChatTemplate.Parse(
            "{% set ns = namespace(n=0) %}{% for m in messages %}{% set ns.n = ns.n + m.content | int %}{% endfor %}{{ ns.n }}");
        Parallel.For(0, 200, i =>
        {
            ChatMessage[] messages = [.. Enumerable.Range(0, i).Select(n => new ChatMessage("user", $"{n}"))];
            Assert.Equal($"{i * (i - 1) / 2}", template.Render(messages, new ChatTemplateContext()));
        });
    }

    [Fact]
    public void A_long_conversation_stays_within_the_default_limits()
    {
        ChatMessage[] messages = [.. Enumerable.Range(0, 2000).Select(i => new ChatMessage(i % 2 == 0 ? "user" : "assistant", new string('x', 500)))];
        foreach (string file in Directory.GetFiles(Path.Combine(Fixture.Folder, "Templates")))
        {
            string prompt = ChatTemplate.Parse(File.ReadAllText(file)).Render(messages, new ChatTemplateContext { BosToken = "", EosToken = "" });
            Assert.True(prompt.Length > 1_000_000, file);
        }
    }

    private static string Render(string template, ChatMessage[] messages) =>
        ChatTemplate.Parse(template).Render(messages, new ChatTemplateContext());

    private static Dictionary<string, JsonElement> Fields(string json) =>
        JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(json)!;
}
