using System.Text;

namespace Foxtrot.Tests.Commands;

/// <summary>Bad input gives one line that names field, bound and value, and exit code 2.</summary>
public sealed class BadInputTests
{
    [Theory]
    [InlineData("--bogus", "there is no option '--bogus'")]
    [InlineData("a --top-k abc", "--top-k must be a whole number")]
    [InlineData("a --seed -1", "--seed must be a whole number in [0, 18446744073709551615], but is '-1'")]
    [InlineData("a --seed 18446744073709551616", "but is '18446744073709551616'")]
    [InlineData("a --top-p 1.5", "top_p must be in (0, 1], but is 1.5")]
    [InlineData("a --top-p 0", "top_p must be in (0, 1], but is 0")]
    [InlineData("a --temperature 3", "temperature must be in [0, 2], but is 3")]
    [InlineData("a --temperature NaN", "temperature must be in [0, 2], but is NaN")]
    [InlineData("a --top-k 2049", "but is 2049")]
    [InlineData("a --min-p -1", "min_p must be in [0, 1], but is -1")]
    [InlineData("a --typical-p 2", "typical_p")]
    [InlineData("a --top-n-sigma 0", "top_n_sigma")]
    [InlineData("a --epsilon-cutoff 2", "epsilon_cutoff")]
    [InlineData("a --eta-cutoff -1", "eta_cutoff")]
    [InlineData("a --xtc-probability 2", "xtc_probability")]
    [InlineData("a --xtc-threshold -1", "xtc_threshold")]
    [InlineData("a --dynatemp-range -1", "dynatemp_range")]
    [InlineData("a --dynatemp-range 0.1 --dynatemp-exponent -1", "dynatemp_exponent")]
    [InlineData("a --mirostat 1", "mirostat")]
    [InlineData("a --mirostat 2 --mirostat-tau 0", "mirostat_tau")]
    [InlineData("a --mirostat 2 --mirostat-eta 2", "mirostat_eta")]
    [InlineData("a --repetition-penalty 0", "repetition_penalty")]
    [InlineData("a --frequency-penalty 3", "frequency_penalty")]
    [InlineData("a --presence-penalty -3", "presence_penalty")]
    [InlineData("a --no-repeat-ngram-size -1", "no_repeat_ngram_size")]
    [InlineData("a --dry-multiplier -1", "dry_multiplier")]
    [InlineData("a --dry-multiplier 1 --dry-base 0", "dry_base")]
    [InlineData("a --dry-multiplier 1 --dry-allowed-length 0", "dry_allowed_length")]
    [InlineData("a --dry-multiplier 1 --dry-penalty-last-n -2", "dry_penalty_last_n")]
    [InlineData("a --min-tokens -1", "min_tokens")]
    [InlineData("a --logit-bias 5", "--logit-bias must be ID=VALUE")]
    [InlineData("a --logit-bias 5=200", "logit_bias must hold values in [-100, 100], but holds 200 for token 5")]
    [InlineData("a --allowed-token-ids 5,x", "--allowed-token-ids must be a list of token ids, but has 'x'")]
    [InlineData("a --allowed-token-ids 99999", "99999")]
    [InlineData("a --draw dice", "--draw must be inverse_cdf or gumbel, but is 'dice'")]
    [InlineData("a --sampler-order top_k,foo", "but has 'foo'")]
    [InlineData("a --sampler-order top_k,top_k", "top_k")]
    [InlineData("a --max-tokens 0", "max_tokens must be at least 1, but is 0")]
    [InlineData("a --n 0", "--n must be in [1, 1024], but is 0")]
    [InlineData("a --context 1", "--context must be in [2, 1048576], but is 1")]
    [InlineData("a --system b", "--system needs --chat")]
    [InlineData("a --top 0", "--top must be in [1, 1000], but is 0")]
    [InlineData("a --threads -1", "--threads must be in [0, 1024], but is -1")]
    [InlineData("a --device tpu", "--device must be cpu or cuda:N, but is 'tpu'")]
    [InlineData("a --model /no/such/folder", "/no/such/folder: there is no such folder")]
    [InlineData("a --onnx-file nope.onnx", "there is no ONNX file nope.onnx")]
    public async Task Is_refused_in_one_line(string arguments, string message)
    {
        var run = await CommandRun.Of(["generate", .. arguments.Split(' ')]);
        AssertRefused(run, message);
    }

    [Fact]
    public async Task All_errors_come_together()
    {
        var run = await CommandRun.Of("generate", "a", "--top-p", "1.5", "--temperature", "3");
        AssertRefused(run, "temperature must be in [0, 2], but is 3; top_p must be in (0, 1], but is 1.5");
    }

    [Fact]
    public async Task A_missing_prompt_is_refused() =>
        AssertRefused(await CommandRun.WithInput((byte[]?)null, "generate"), "a prompt is missing");

    [Fact]
    public async Task A_prompt_that_begins_with_a_dash_goes_behind_two_dashes() =>
        Assert.Equal(0, (await CommandRun.Of("generate", "--seed", "1", "--max-tokens", "2", "--", "--bogus")).ExitCode);

    [Fact]
    public async Task Input_that_is_not_utf8_is_refused_with_the_offending_byte() =>
        AssertRefused(await CommandRun.WithInput([.. "abc"u8, 0xff], "generate", "--seed", "1"), "byte 3 (0xff)");

    [Fact]
    public async Task A_nul_in_the_prompt_is_text_like_any_other() =>
        Assert.Equal(0, (await CommandRun.WithInput("abc\0def", "generate", "--seed", "1", "--max-tokens", "3")).ExitCode);

    [Fact]
    public async Task A_prompt_longer_than_the_context_is_refused_with_both_lengths()
    {
        var run = await CommandRun.WithInput(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("the cat sat ", 9000))), "generate", "--seed", "1");
        AssertRefused(run, "prompt must leave room to generate in a context of 512 tokens, but has ");
    }

    [Fact]
    public async Task A_context_asked_for_bounds_prompt_and_output()
    {
        AssertRefused(await CommandRun.Of("generate", "Once upon a time", "--seed", "1", "--context", "5"), "in a context of 5 tokens, but has 5");
        var json = (await CommandRun.Of("generate", "Once upon a time", "--seed", "1", "--context", "9", "--json")).Json;
        Assert.Equal(4, json.GetProperty("choices")[0].GetProperty("tokens").GetArrayLength());
    }

    [Fact]
    public async Task A_command_is_needed()
    {
        var run = await CommandRun.Of();
        Assert.Equal(2, run.ExitCode);
        Assert.StartsWith("foxtrot: ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Asking_for_an_output_token_that_does_not_exist_names_how_many_there_are() =>
        AssertRefused(await CommandRun.Of("explain", "a", "--seed", "1", "--at", "9", "--max-tokens", "5"), "--at must be below the 5 tokens");

    private static void AssertRefused(CommandRun run, string message)
    {
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
        Assert.Equal(2, run.ExitCode);
        Assert.StartsWith("foxtrot: ", run.Error, StringComparison.Ordinal);
        Assert.Single(run.Error.TrimEnd('\n', '\r').Split('\n'));
        Assert.Equal("", run.Output);
    }
}
