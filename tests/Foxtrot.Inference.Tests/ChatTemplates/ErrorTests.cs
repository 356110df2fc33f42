using Foxtrot.Inference.ChatTemplates;

namespace Foxtrot.Inference.Tests.ChatTemplates;

public sealed class ErrorTests
{
    private static readonly ChatMessage[] Messages = [new("user", "Hi")];

    [Theory]
    [InlineData("a\nb {{ 1 + }}", 2, 10)]
    [InlineData("{% if x %}\n\n{% endfor %}", 3, 4)]
    [InlineData("\r\n\r\n  {{ 'open }}", 3, 6)]
    [InlineData("{{ a ? b }}", 1, 6)]
    [InlineData("x\n{# never closed", 2, 1)]
    public void A_malformed_template_is_refused_at_its_line_and_column(string template, int line, int column)
    {
        var error = Assert.Throws<ChatTemplateException>(() => ChatTemplate.Parse(template));
        Assert.Equal(ChatTemplateErrorKind.Syntax, error.Kind);
        Assert.Equal((line, column), (error.Line, error.Column));
        Assert.StartsWith($"chat template, line {line}, column {column}: ", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{% include 'x' %}", "include")]
    [InlineData("{% extends 'x' %}", "extends")]
    [InlineData("{% block b %}{% endblock %}", "block")]
    [InlineData("{% call m() %}{% endcall %}", "call")]
    [InlineData("{% with a = 1 %}{% endwith %}", "with")]
    [InlineData("{% do x %}", "do")]
    [InlineData("{% for x in y recursive %}{% endfor %}", "recursive")]
    [InlineData("{{ x | urlize }}", "urlize")]
    [InlineData("{{ x is escaped }}", "escaped")]
    [InlineData("{{ f(*x) }}", "*arguments")]
    [InlineData("{{ f(**x) }}", "**arguments")]
    [InlineData("{{ x[1, 2] }}", "several subscripts")]
    [InlineData("{% macro m() %}{{ caller() }}{% endmacro %}", "caller")]
    [InlineData("{% macro m() %}{{ varargs }}{% endmacro %}", "varargs")]
    public void What_is_not_supported_is_refused_by_name_when_parsed(string template, string construct)
    {
        var error = Assert.Throws<ChatTemplateException>(() => ChatTemplate.Parse(template));
        Assert.Equal(ChatTemplateErrorKind.Unsupported, error.Kind);
        Assert.Equal(construct, error.Construct);
        Assert.Contains($"'{construct}'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{{ '%s' % 1 }}", "% on a string (printf formatting)")]
    [InlineData("{{ [1].append(2) }}", "append")]
    [InlineData("{{ {}.update({}) }}", "update")]
    [InlineData("{{ 'x'.format(1) }}", "format")]
    [InlineData("{{ cycler(1) }}", "cycler")]
    [InlineData("{{ namespace() }}", "Namespace")]
    [InlineData("{{ range }}", "function")]
    [InlineData("{{ [1] | map('upper') }}", "generator")]
    [InlineData("{{ [1] | map('urlize') | list }}", "urlize")]
    [InlineData("{{ [1] | select('escaped') | list }}", "escaped")]
    [InlineData("{{ {(1, 2): 3} }}", "tuple")]
    [InlineData("{{ strftime_now('%Q') }}", "%Q")]
    [InlineData("{{ '7' | int(base=8) }}", "base")]
    public void What_is_not_supported_is_refused_by_name_when_rendered(string template, string construct)
    {
        var error = Assert.Throws<ChatTemplateException>(() => Render(template));
        Assert.Equal(ChatTemplateErrorKind.Unsupported, error.Kind);
        Assert.Equal(construct, error.Construct);
    }

    [Theory]
    [InlineData("{{ x.y }}", "'x' is undefined.")]
    [InlineData("{{ messages[0].tool_calls.function }}", "a value of type 'dict' has no attribute or item 'tool_calls'.")]
    [InlineData("{{ 1 + 'a' }}", "'+' is not supported between 'int' and 'str'.")]
    [InlineData("{{ 'a' | join(1, 2, 3) }}", "filter 'join' takes at most 2 argument(s), 3 given.")]
    [InlineData("{{ [] | sort(upside_down=true) }}", "filter 'sort' has no argument 'upside_down'.")]
    [InlineData("{{ 1 is divisibleby }}", "test 'divisibleby' needs the argument 'num'.")]
    public void A_failed_evaluation_says_what_was_wrong(string template, string reason)
    {
        var error = Assert.Throws<ChatTemplateException>(() => Render("line one\n" + template));
        Assert.Equal(ChatTemplateErrorKind.Evaluation, error.Kind);
        Assert.Equal(reason, error.Reason);
        Assert.Equal(2, error.Line);
    }

    [Fact]
    public void What_the_template_raises_arrives_in_its_own_words()
    {
        var error = Assert.Throws<ChatTemplateException>(() => Render("{{ raise_exception('No ' ~ messages[0].role) }}"));
        Assert.Equal(ChatTemplateErrorKind.Raised, error.Kind);
        Assert.Equal("No user", error.Reason);
    }

    [Fact]
    public void Objects_of_the_host_are_out_of_reach()
    {
        Assert.Equal("||", Render("{{ messages.GetType }}|{{ ''.Length }}|{{ messages[0].__class__ }}"));
    }

    private static string Render(string template) => ChatTemplate.Parse(template).Render(Messages, new ChatTemplateContext());
}
