using System.Globalization;
using System.Text.Json.Nodes;
using Foxtrot.Process.Tests.Streams;

namespace Foxtrot.Process.Tests.Chaos;

/// <summary>Thirty-two streams that between them use whatever could be lost with a worker: penalties' counts, Mirostat's state, text held back for stop strings, several choices.</summary>
internal static class ChaosPlans
{
    private static readonly string[] Prompts =
    [
        "Once upon a time", "The little dog", "Tom and Lily went to the park", "One day, a big bear", "There was a boy named Tim who",
        "In the garden", "The old man saw", "Lucy found a shiny",
    ];

    private static readonly (string Name, string Json)[] Settings =
    [
        ("temperature", """{"temperature": 0.8}"""),
        ("top-p", """{"temperature": 1.1, "top_p": 0.9, "top_k": 40}"""),
        ("penalties", """{"temperature": 1, "repetition_penalty": 1.2, "frequency_penalty": 0.5, "presence_penalty": 0.3}"""),
        ("mirostat", """{"mirostat": 2, "mirostat_tau": 4, "mirostat_eta": 0.2}"""),
        ("greedy", """{"temperature": 0}"""),
        ("dry", """{"temperature": 0.9, "dry_multiplier": 0.8, "dry_allowed_length": 2, "min_p": 0.03}"""),
        ("xtc", """{"temperature": 1, "xtc_probability": 0.5, "xtc_threshold": 0.1, "no_repeat_ngram_size": 3}"""),
        ("gumbel", """{"temperature": 0.9, "draw": "gumbel", "logit_bias": {"300": 1.5}}"""),
    ];

    /// <summary>The streams: eight settings, four times with other prompts, seeds, lengths and parts of the API.</summary>
    public static IReadOnlyList<StreamPlan> All { get; } = [.. Enumerable.Range(0, 32).Select(Plan)];

    private static StreamPlan Plan(int i)
    {
        var kind = (((i / 8) + i) % 4) switch
        {
            0 => StreamKind.Chat,
            1 => StreamKind.Completion,
            _ => StreamKind.Native,
        };
        var (setting, json) = Settings[i % Settings.Length];
        var prompt = Prompts[((i * 5) + (i / 8)) % Prompts.Length];
        var body = JsonNode.Parse(json)!.AsObject();
        body["model"] = StreamPlan.Model;
        body["seed"] = 1000 + i;
        body["max_tokens"] = 160 + (i * 7 % 97);

        // The model likes to end its stories; most of these go on, so that there is something to interrupt.
        body["ignore_eos"] = i % 8 != 5;
        if (i % 3 == 1)
        {
            body["stop"] = new JsonArray("The end of all", "zebra");
        }

        if (i == 9)
        {
            body["stop"] = new JsonArray("ed the ");
        }

        switch (kind)
        {
            case StreamKind.Chat:
                body["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = prompt });
                Stream(body, i);
                if (i % 2 == 0)
                {
                    body["logprobs"] = true;
                    body["top_logprobs"] = 3;
                }

                break;
            case StreamKind.Completion:
                body["prompt"] = prompt;
                Stream(body, i);
                if (i % 2 == 1)
                {
                    body["logprobs"] = 2;
                }

                break;
            default:
                body["prompt"] = prompt;
                body["top_logprobs"] = i % 4;
                break;
        }

        return new StreamPlan(string.Create(CultureInfo.InvariantCulture, $"stream {i} ({kind}, {setting})"), kind, body);
    }

    private static void Stream(JsonObject body, int i)
    {
        body["stream"] = true;
        body["stream_options"] = new JsonObject { ["include_usage"] = true };
        body["return_token_ids"] = true;
        if (i % 5 == 0)
        {
            body["n"] = 2;
        }
    }
}
