using System.Globalization;
using System.Text.Json;

namespace Foxtrot.Tests.Commands;

/// <summary><c>foxtrot generate</c> on the bundled model.</summary>
public sealed class GenerateTests
{
    private static readonly string[] Story = ["generate", "Once upon a time", "--seed", "7"];

    [Fact]
    public async Task The_same_seed_gives_the_same_bytes_ten_times()
    {
        var first = await CommandRun.Of(Story);
        Assert.Equal(0, first.ExitCode);
        Assert.True(first.Output.Length > 100, first.Output);
        Assert.Equal("", first.Error);
        for (var i = 1; i < 10; i++)
        {
            Assert.Equal(first.Output, (await CommandRun.Of(Story)).Output);
        }
    }

    [Fact]
    public async Task Different_seeds_give_different_texts()
    {
        var texts = new HashSet<string>();
        for (var seed = 0; seed < 5; seed++)
        {
            texts.Add((await CommandRun.Of("generate", "Once upon a time", "--seed", seed.ToString(CultureInfo.InvariantCulture))).Output);
        }

        Assert.Equal(5, texts.Count);
    }

    [Fact]
    public async Task The_first_of_several_choices_is_the_only_choice_of_one()
    {
        var one = (await CommandRun.Of([.. Story, "--json"])).Json.GetProperty("choices");
        var eight = (await CommandRun.Of([.. Story, "--json", "--n", "8"])).Json.GetProperty("choices");
        Assert.Equal(8, eight.GetArrayLength());
        Assert.Equal(one[0].GetRawText(), eight[0].GetRawText());
        Assert.Equal(8, eight.EnumerateArray().Select(c => c.GetProperty("text").GetString()).Distinct().Count());
        Assert.Equal(Enumerable.Range(0, 8), eight.EnumerateArray().Select(c => c.GetProperty("index").GetInt32()));
    }

    [Fact]
    public async Task The_document_has_the_fields_that_users_rely_on()
    {
        var json = (await CommandRun.Of([.. Story, "--json", "--max-tokens", "9", "--temperature", "0.5", "--stop", "dragonfly"])).Json;
        Assert.Equal(["model", "prompt_tokens", "seed", "parameters", "choices", "timings", "fingerprint"], json.EnumerateObject().Select(p => p.Name));
        Assert.Equal("foxtrot-stories", json.GetProperty("model").GetString());
        Assert.Equal("7", json.GetProperty("seed").GetString());
        Assert.Equal(0.5, json.GetProperty("parameters").GetProperty("temperature").GetDouble());
        var choice = json.GetProperty("choices")[0];
        Assert.Equal(["index", "tokens", "text", "finish_reason"], choice.EnumerateObject().Select(p => p.Name));
        Assert.Equal(9, choice.GetProperty("tokens").GetArrayLength());
        Assert.Equal("length", choice.GetProperty("finish_reason").GetString());
        Assert.True(json.GetProperty("fingerprint").GetProperty("exact").GetBoolean());
    }

    [Fact]
    public async Task The_text_of_the_document_is_the_text_that_is_streamed()
    {
        var streamed = (await CommandRun.Of(Story)).Output;
        var json = (await CommandRun.Of([.. Story, "--json"])).Json;
        Assert.Equal(json.GetProperty("choices")[0].GetProperty("text").GetString() + "\n", streamed);
    }

    [Fact]
    public async Task The_largest_seed_is_kept_exactly()
    {
        var json = (await CommandRun.Of("generate", "a", "--seed", "18446744073709551615", "--max-tokens", "2", "--json")).Json;
        Assert.Equal("18446744073709551615", json.GetProperty("seed").GetString());
    }

    [Fact]
    public async Task A_random_seed_is_printed_and_gives_the_same_text_again()
    {
        var random = await CommandRun.Of("generate", "Once upon a time", "--max-tokens", "40");
        Assert.Matches(@"^foxtrot: seed \d+\r?\n$", random.Error);
        var seed = random.Error.Split(' ')[^1].Trim();
        Assert.Equal(random.Output, (await CommandRun.Of("generate", "Once upon a time", "--max-tokens", "40", "--seed", seed)).Output);
    }

    [Fact]
    public async Task A_prompt_may_come_from_standard_input_and_loses_one_line_break() =>
        Assert.Equal((await CommandRun.Of(Story)).Output, (await CommandRun.WithInput("Once upon a time\n", "generate", "--seed", "7")).Output);

    [Fact]
    public async Task Output_ends_before_a_stop_string()
    {
        var whole = (await CommandRun.Of(Story)).Output;
        var word = whole.Split(' ', StringSplitOptions.RemoveEmptyEntries)[12];
        var json = (await CommandRun.Of([.. Story, "--stop", word, "--json"])).Json.GetProperty("choices")[0];
        Assert.Equal(whole[..whole.IndexOf(word, StringComparison.Ordinal)], json.GetProperty("text").GetString());
        Assert.Equal("stop", json.GetProperty("finish_reason").GetString());
    }

    [Fact]
    public async Task An_empty_prompt_starts_a_text()
    {
        var run = await CommandRun.Of("generate", "", "--seed", "1", "--max-tokens", "20");
        Assert.Equal(0, run.ExitCode);
        Assert.NotEqual("", run.Output.Trim());
    }

    [Fact]
    public async Task Echo_prints_the_prompt_first() =>
        Assert.StartsWith("Once upon a time", (await CommandRun.Of([.. Story, "--max-tokens", "3", "--echo"])).Output, StringComparison.Ordinal);

    [Fact]
    public async Task A_chat_prompt_goes_through_the_models_template()
    {
        string[] chat = ["generate", "Tell me a story about a dog.", "--chat", "--seed", "7", "--max-tokens", "2", "--json"];
        var tokens = (await CommandRun.Of(chat)).Json.GetProperty("prompt_tokens");
        var plain = (await CommandRun.Of([.. chat.Where(a => a != "--chat")])).Json.GetProperty("prompt_tokens");
        Assert.Equal(plain.GetRawText(), tokens.GetRawText());
        var withSystem = (await CommandRun.Of([.. chat, "--system", "Be brief."])).Json.GetProperty("prompt_tokens");
        Assert.True(withSystem.GetArrayLength() > tokens.GetArrayLength());
    }

    [Fact]
    public async Task Explanations_can_be_part_of_the_document()
    {
        var json = (await CommandRun.Of([.. Story, "--max-tokens", "4", "--json", "--explain", "--top", "3"])).Json;
        var choice = json.GetProperty("choices")[0];
        var explanations = choice.GetProperty("explanations").EnumerateArray().ToList();
        Assert.Equal(choice.GetProperty("tokens").EnumerateArray().Select(t => t.GetInt32()), explanations.Select(e => e.GetProperty("selected").GetInt32()));
        Assert.All(explanations, AssertDrawnInsideItsInterval);
    }

    /// <summary>The number drawn lies in the interval of the token selected.</summary>
    internal static void AssertDrawnInsideItsInterval(JsonElement explanation)
    {
        var u = explanation.GetProperty("u").GetDouble();
        var selected = Assert.Single(explanation.GetProperty("tokens").EnumerateArray(), t => t.GetProperty("selected").GetBoolean());
        Assert.Equal(explanation.GetProperty("selected").GetInt32(), selected.GetProperty("id").GetInt32());
        Assert.InRange(u, selected.GetProperty("low").GetDouble(), selected.GetProperty("high").GetDouble());
    }
}
