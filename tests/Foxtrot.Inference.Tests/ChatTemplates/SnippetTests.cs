using System.Text.Json;
using Foxtrot.Inference.ChatTemplates;

namespace Foxtrot.Inference.Tests.ChatTemplates;

/// <summary>Small templates against Jinja2 3.1.6, the oracle; see Fixtures/oracle.py and Fixtures/snippets.txt.</summary>
public sealed class SnippetTests
{
    private static readonly JsonElement Snippets = Fixture.Json("snippets.json");
    private static readonly JsonElement Conversation = Fixture.Json("conversations.json").GetProperty("snippets");

    public static TheoryData<int, string> Rendered() => Indices(failing: false);

    public static TheoryData<int, string> Failing() => Indices(failing: true);

    [Theory]
    [MemberData(nameof(Rendered))]
    public void What_Jinja_renders_is_rendered_the_same(int index, string template)
    {
        string expected = Snippets[index].GetProperty("output").GetString()!;
        Assert.Equal(expected, Fixture.Render(template, Conversation));
    }

    [Theory]
    [MemberData(nameof(Failing))]
    public void What_Jinja_refuses_is_refused(int index, string template)
    {
        Assert.True(Snippets[index].TryGetProperty("error", out _));
        Assert.Throws<ChatTemplateException>(() => Fixture.Render(template, Conversation));
    }

    private static TheoryData<int, string> Indices(bool failing)
    {
        var data = new TheoryData<int, string>();
        for (int i = 0; i < Snippets.GetArrayLength(); i++)
        {
            if (Snippets[i].TryGetProperty("error", out _) == failing)
            {
                data.Add(i, Snippets[i].GetProperty("template").GetString()!);
            }
        }

        return data;
    }
}
