using System.Text;
using Foxtrot.Inference.ChatTemplates;

namespace Foxtrot.Inference.Tests.ChatTemplates;

/// <summary>Hostile templates end in a clear error, within memory, time and stack.</summary>
public sealed class LimitTests
{
    [Theory]
    [InlineData("{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}", "MaxIterations")]
    [InlineData("{{ 'x' * 1000000000 }}", "MaxWork")]
    [InlineData("{{ [1] * 1000000000 }}", "MaxWork")]
    [InlineData("{% set ns = namespace(s='x') %}{% for i in range(60) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}", "MaxWork")]
    [InlineData("{% set ns = namespace(s=[1]) %}{% for i in range(60) %}{% set ns.s = [ns.s, ns.s] %}{% endfor %}{{ ns.s }}", "MaxWork")]
    [InlineData("{% set ns = namespace(s=[1]) %}{% for i in range(60) %}{% set ns.s = [ns.s, ns.s] %}{% endfor %}{{ ns.s | tojson }}", "MaxWork")]
    [InlineData("{% set ns = namespace(s=[1]) %}{% for i in range(60) %}{% set ns.s = [ns.s, ns.s] %}{% endfor %}{{ ns.s == [ns.s[0], ns.s[1]] }}", "MaxWork")]
    [InlineData("{% set ns = namespace(s=[]) %}{% for i in range(1000) %}{% set ns.s = [ns.s] %}{% endfor %}", "nested more than 100 levels")]
    [InlineData("{% set x = 'ab' * 100000 %}{{ x | replace('', 'y' * 10000) }}", "MaxWork")]
    [InlineData("{% set x = ['ab' * 1000000] * 1000 %}{{ x | join }}", "MaxWork")]
    [InlineData("{% set x = 'a' * 10000000 %}{{ x }}{{ x }}", "MaxOutputLength")]
    [InlineData("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "MaxDepth")]
    [InlineData("{{ 2 ** 100000000 }}", "bits")]
    [InlineData("{% set ns = namespace(n=3) %}{% for i in range(100) %}{% set ns.n = ns.n * ns.n %}{% endfor %}", "bits")]
    [InlineData("{{ range(100001) | length }}", "'range'")]
    [InlineData("{{ [[1]] | tojson(indent=1000000000) }}", "MaxWork")]
    [InlineData("{{ ['a' * 10000000] * 3 }}", "MaxWork")]
    [InlineData("{{ ('a' * 30000000) | list | length }}", "MaxWork")]
    [InlineData("{% set x = 'a ' * 10000000 %}{{ x.split() | length }}", "MaxWork")]
    [InlineData("{% set x = 'a,' * 10000000 %}{{ x.split(',') | length }}", "MaxWork")]
    public void A_hostile_template_is_stopped(string template, string bound)
    {
        ChatTemplate parsed = ChatTemplate.Parse(template);
        var error = Assert.Throws<ChatTemplateException>(() => parsed.Render([], new ChatTemplateContext()));
        Assert.Equal(ChatTemplateErrorKind.Limit, error.Kind);
        Assert.Contains(bound, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("(", "1", ")")]
    [InlineData("[", "1", "]")]
    [InlineData("not ", "1", "")]
    [InlineData("-", "1", "")]
    [InlineData("x[", "1", "]")]
    [InlineData("f(", "1", ")")]
    [InlineData("1 if 1 else ", "1", "")]
    public void Deep_nesting_is_refused_when_parsed(string open, string inner, string close)
    {
        string template = "{{ " + Repeat(open) + inner + Repeat(close) + " }}";
        Assert.Equal(ChatTemplateErrorKind.Limit, Assert.Throws<ChatTemplateException>(() => ChatTemplate.Parse(template)).Kind);
    }

    [Fact]
    public void Deep_blocks_are_refused_when_parsed()
    {
        string template = Repeat("{% if 1 %}") + Repeat("{% endif %}");
        Assert.Equal(ChatTemplateErrorKind.Limit, Assert.Throws<ChatTemplateException>(() => ChatTemplate.Parse(template)).Kind);
    }

    [Theory]
    [InlineData("+ 1 ")]
    [InlineData("| int ")]
    [InlineData(".x")]
    [InlineData("and 1 ")]
    public void Long_chains_end_in_an_error_instead_of_the_stacks_end(string link)
    {
        ChatTemplate template = ChatTemplate.Parse("{{ 1 " + Repeat(link) + "}}");
        var error = Assert.Throws<ChatTemplateException>(() => template.Render([], new ChatTemplateContext()));
        Assert.Equal(ChatTemplateErrorKind.Limit, error.Kind);
    }

    [Fact]
    public void The_deepest_macro_calls_fit_the_stack_of_a_worker_thread()
    {
        ChatTemplate template = ChatTemplate.Parse("{% macro m() %}{% if 1 %}{{ (m() ~ '')|trim }}{% endif %}{% endmacro %}{{ m() }}");
        ChatTemplateErrorKind? kind = null;
        var thread = new Thread(
            () => kind = Assert.Throws<ChatTemplateException>(() => template.Render([], new ChatTemplateContext())).Kind,
            maxStackSize: 512 * 1024);
        thread.Start();
        thread.Join();
        Assert.Equal(ChatTemplateErrorKind.Limit, kind);
    }

    [Fact]
    public void Limits_are_the_callers_to_choose()
    {
        ChatTemplate template = ChatTemplate.Parse("{% for x in range(3) %}ab{% endfor %}");
        ChatTemplateContext With(ChatTemplateLimits limits) => new() { Limits = limits };

        Assert.Equal("ababab", template.Render([], With(new ChatTemplateLimits { MaxOutputLength = 6, MaxIterations = 3 })));
        Assert.Throws<ChatTemplateException>(() => template.Render([], With(new ChatTemplateLimits { MaxOutputLength = 5 })));
        Assert.Throws<ChatTemplateException>(() => template.Render([], With(new ChatTemplateLimits { MaxIterations = 2 })));
        Assert.Throws<ChatTemplateException>(() => template.Render([], With(new ChatTemplateLimits { MaxWork = 10 })));
        Assert.Throws<ChatTemplateException>(() => template.Render([], With(new ChatTemplateLimits { MaxDepth = 1 })));
    }

    private static string Repeat(string text) => new StringBuilder().Insert(0, text, 5000).ToString();
}
