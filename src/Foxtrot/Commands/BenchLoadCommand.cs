using System.CommandLine;
using System.Globalization;
using Foxtrot.Bench;
using Foxtrot.Bench.Load;
using Foxtrot.Output;

namespace Foxtrot.Commands;

/// <summary><c>foxtrot bench load</c>: tokens per second and latencies of a server, as many streaming clients see them.</summary>
internal sealed class BenchLoadCommand
{
    private const string Description = """
        Tokens per second, time to first token and time between tokens of any OpenAI-compatible server, as many streaming clients see them.

        To compare a server with the engine inside it, run both on the same quiet machine, one after the other, for the same model:
          foxtrot bench engine --model DIR --batch 64 --context 64 --json
          foxtrot serve --model DIR &
          foxtrot bench load --url http://127.0.0.1:8080 --clients 64 --tokens 128 --json
        Replies of 128 tokens to a short prompt have 64 tokens of context on average. The clients' own share of the processor is in client_cpu_us_per_token.

        To see what tenants leave each other, name two or more; all of them run for the same --duration:
          foxtrot bench load --alone --duration 10 --rounds 3 --tenant name=greedy,clients=64,key-file=greedy.key --tenant name=light,clients=1,tokens=16,key-file=light.key
        """;

    /// <summary>The variable that <see cref="PreferInlineCompletions"/> sets.</summary>
    public const string InlineCompletions = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    private const int MostClients = 10_000;
    private const int MostTokens = 1 << 20;
    private const int MostRequests = 100_000_000;
    private const int LongestSeconds = 7 * 24 * 3600;
    private const int MostRounds = 1000;
    private const int RequestsPerClient = 4;
    private const int OpenLoopWarmup = 16;

    private readonly Option<string?> _url = Options.Text("--url", "The server (default: http://127.0.0.1:8080)", "url");
    private readonly Option<string?> _model = Options.Text("--model", "The model's name (default: the first that the server lists)", "name");
    private readonly Option<string?> _key = Options.Text("--api-key", "An API key, sent as a bearer token", "key");
    private readonly Option<bool> _chat = Options.Flag("--chat", "Ask /v1/chat/completions instead of /v1/completions");
    private readonly Option<string?> _prompt = Options.Text("--prompt", "The prompt (default: Once upon a time)", "text");
    private readonly Option<int?> _promptTokens = Options.Number<int>("--prompt-tokens", "Instead of --prompt: a random prompt of so many tokens for each request (with --chat: words)");
    private readonly Option<int?> _tokens = Options.Number<int>("--tokens", "Output tokens per request (default: 128)");
    private readonly Option<bool> _keepEnd = Options.Flag("--keep-eos", "Let replies end at the model's end token; otherwise ignore_eos is sent");
    private readonly Option<int?> _clients = Options.Number<int>("--clients", "Closed loop: clients that each keep one request in flight (default: 64)");
    private readonly Option<double?> _rate = Options.Number<double>("--rate", "Open loop instead: requests per second, with exponential gaps, whether or not earlier ones are done");
    private readonly Option<int?> _requests = Options.Number<int>("--requests", $"Measured requests (default: {RequestsPerClient} per client)");
    private readonly Option<double?> _duration = Options.Number<double>("--duration", "Seconds to measure, instead of a number of requests; the first reply of each client then has a random length, so that replies do not end all at once, and its times are not counted");
    private readonly Option<int?> _warmup = Options.Number<int>("--warmup", "Requests before the measurement, which compile and fill what the first ones need (default: two per client; open loop: 32)");
    private readonly Option<int?> _timeout = Options.Number<int>("--timeout", "Seconds that one request may take (default: 120)");
    private readonly Option<int?> _seed = Options.Number<int>("--seed", "Seeds gaps and random prompts (default: 1)");
    private readonly Option<string[]> _tenants = Options.Texts("--tenant", "One of several tenants that run at the same time: name=NAME and any of key-file=FILE,clients=N,rate=R,tokens=N,prompt-tokens=N; may be repeated, needs --duration", "parts");
    private readonly Option<bool> _alone = Options.Flag("--alone", "Measure each --tenant alone first, for the same duration");
    private readonly Option<int?> _rounds = Options.Number<int>("--rounds", "With --tenant: measure so many times in turn, alone and together, and show the figures over all of it (default: 1)");
    private readonly Option<bool> _json = Options.Flag("--json", "Print one JSON document instead of a table");

    /// <summary>The command.</summary>
    public static Command Create(Terminal terminal)
    {
        var load = new BenchLoadCommand();
        load._tokens.Aliases.Add("--max-tokens");
        var command = new Command("load", Description)
        {
            load._url, load._model, load._key, load._chat, load._prompt, load._promptTokens, load._tokens, load._keepEnd,
            load._clients, load._rate, load._requests, load._duration, load._warmup, load._timeout, load._seed, load._tenants, load._alone, load._rounds, load._json,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            PreferInlineCompletions();
            await (parsed.GetValue(load._tenants) is { Length: > 0 }
                ? MeasureAsync(load.ReadTenants(parsed), terminal, parsed.GetValue(load._json), cancellationToken)
                : MeasureAsync(load.Read(parsed), terminal, parsed.GetValue(load._json), cancellationToken));
            return 0;
        });
        return command;
    }

    private static async Task MeasureAsync(LoadBenchOptions options, Terminal terminal, bool json, CancellationToken cancellationToken)
    {
        using var bench = new LoadBench(options);
        var result = await WaitAsync(terminal, () => bench.RunAsync(cancellationToken));
        if (json)
        {
            terminal.Output.Write(BenchJson.Write(result) + "\n");
        }
        else
        {
            LoadBenchTable.Write(result, terminal.Console);
        }
    }

    private static async Task MeasureAsync(TenantsBench bench, Terminal terminal, bool json, CancellationToken cancellationToken)
    {
        var result = await WaitAsync(terminal, () => bench.RunAsync(cancellationToken));
        if (json)
        {
            terminal.Output.Write(BenchJson.Write(result) + "\n");
        }
        else
        {
            TenantsBenchTable.Write(result, terminal.Console);
        }
    }

    private static Task<T> WaitAsync<T>(Terminal terminal, Func<Task<T>> measure) => terminal.IsInteractive
        ? Spectre.Console.AnsiConsoleExtensions.Status(terminal.Console).StartAsync("Measuring", _ => measure())
        : measure();

    /// <summary>Makes clients read on the thread that hears of the bytes: half the processor time per token, which the server may need.</summary>
    /// <remarks>The runtime has no other switch for it, and looks at this one when the first socket is used.</remarks>
    public static void PreferInlineCompletions()
    {
        if (Environment.GetEnvironmentVariable(InlineCompletions) is null)
        {
            Environment.SetEnvironmentVariable(InlineCompletions, "1");
        }
    }

    private static Uri ReadUrl(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
        {
            throw new UsageException($"--url must be an http or https address, but is '{text}'");
        }

        var path = url.AbsolutePath.TrimEnd('/');
        return new UriBuilder(url) { Path = (path.EndsWith("/v1", StringComparison.Ordinal) ? path[..^3] : path) + "/", Query = "", Fragment = "" }.Uri;
    }

    private static double Positive(string option, double value, double most) => value > 0 && value <= most
        ? value
        : throw new UsageException(string.Create(CultureInfo.InvariantCulture, $"{option} must be above 0 and at most {most}, but is {value}"));

    private TenantsBench ReadTenants(ParseResult parsed)
    {
        foreach (var option in (Option[])[_requests, _warmup, _clients, _rate])
        {
            Refuse(parsed, option, true, "--tenant");
        }

        var all = Read(parsed);
        var tenants = parsed.GetValue(_tenants)!.Select(text => TenantLoadOption.Read(text, all)).ToArray();
        if (all.Duration is null)
        {
            throw new UsageException("--tenant needs --duration, so that all of them are there all the time");
        }

        if (tenants.GroupBy(t => t.Name).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            throw new UsageException($"--tenant name must be given once each, but '{twice.Key}' is given {twice.Count()} times");
        }

        return new TenantsBench(tenants, parsed.GetValue(_alone), Options.Bounded("--rounds", parsed.GetValue(_rounds) ?? 1, 1, MostRounds));
    }

    private LoadBenchOptions Read(ParseResult parsed)
    {
        foreach (var option in (Option[])[_alone, _rounds])
        {
            if (parsed.GetResult(option) is { Implicit: false } && parsed.GetValue(_tenants) is not { Length: > 0 })
            {
                throw new UsageException($"{option.Name} needs at least one --tenant");
            }
        }

        var rate = parsed.GetValue(_rate);
        Refuse(parsed, _clients, rate is not null, "--rate");
        Refuse(parsed, _requests, parsed.GetValue(_duration) is not null, "--duration");
        Refuse(parsed, _promptTokens, parsed.GetValue(_prompt) is not null, "--prompt");
        var clients = rate is null ? Options.Bounded("--clients", parsed.GetValue(_clients) ?? 64, 1, MostClients) : OpenLoopWarmup;
        TimeSpan? duration = parsed.GetValue(_duration) is { } seconds ? TimeSpan.FromSeconds(Positive("--duration", seconds, LongestSeconds)) : null;
        var requests = Options.Bounded("--requests", parsed.GetValue(_requests) ?? RequestsPerClient * (rate is null ? clients : 64), 1, MostRequests);
        int? promptTokens = parsed.GetValue(_promptTokens) is { } length ? Options.Bounded("--prompt-tokens", length, 1, MostTokens) : null;
        return new LoadBenchOptions
        {
            Server = ReadUrl(parsed.GetValue(_url) ?? "http://127.0.0.1:8080"),
            Model = parsed.GetValue(_model),
            ApiKey = parsed.GetValue(_key),
            Chat = parsed.GetValue(_chat),
            Prompt = promptTokens is null ? parsed.GetValue(_prompt) ?? "Once upon a time" : null,
            PromptTokens = promptTokens ?? 0,
            Tokens = Options.Bounded("--tokens", parsed.GetValue(_tokens) ?? 128, 1, MostTokens),
            KeepEnd = parsed.GetValue(_keepEnd),
            Clients = clients,
            Rate = rate is { } perSecond ? Positive("--rate", perSecond, 1_000_000) : null,
            Requests = duration is null ? requests : null,
            Duration = duration,
            Warmup = Options.Bounded("--warmup", parsed.GetValue(_warmup) ?? 2 * clients, 0, MostRequests),
            Timeout = TimeSpan.FromSeconds(Options.Bounded("--timeout", parsed.GetValue(_timeout) ?? 120, 1, LongestSeconds)),
            Seed = parsed.GetValue(_seed) ?? 1,
        };
    }

    private static void Refuse(ParseResult parsed, Option option, bool other, string name)
    {
        if (other && parsed.GetResult(option) is { Implicit: false })
        {
            throw new UsageException($"{option.Name} and {name} exclude each other");
        }
    }
}
