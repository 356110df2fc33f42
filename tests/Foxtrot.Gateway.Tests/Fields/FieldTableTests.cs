using System.Text.Json.Nodes;
using CsCheck;
using Foxtrot.Contracts.Sessions;
using Foxtrot.Contracts.Workers;
using Foxtrot.Gateway.Fields;
using Foxtrot.Gateway.Generation;
using Foxtrot.Gateway.OpenAi;
using Foxtrot.Gateway.Sessions;
using Foxtrot.Gateway.Tests.Fakes;
using Foxtrot.Gateway.Tests.Sessions;
using Foxtrot.Sampling;

namespace Foxtrot.Gateway.Tests.Fields;

public sealed class FieldTableTests
{
    private static readonly GatewayOptions Options = new();

    // One value of every JSON type, and some that are odd in themselves.
    private static readonly string[] Values =
    [
        "true", "false", "0", "1", "-1", "0.5", "-0.0", "1e400", "-1e400", "1e-400", "2147483648", "-9223372036854775809", "18446744073709551616", "123456789012345678901234567890",
        "\"\"", "\"x\"", "\"1\"", "\"NaN\"", "\"\\ud800\"", "[]", "[null]", "[0]", "[-1]", "[\"\"]", "[\"x\"]", "[[]]", "[[0]]", "[{}]", "[0,\"x\"]", "{}", "{\"x\":1}", "{\"5\":0}", "{\"5\":null}", "{\"\\udc00\":1}",
    ];

    // The validator is one of draft 4, to which -0.0 is no integer, and does not compare integers of more than 64 bits.
    private static readonly string[] BeyondTheValidator = ["-0.0", "-9223372036854775809", "18446744073709551616", "123456789012345678901234567890"];

    public static TheoryData<string, string> Routes => new()
    {
        { "/v1/completions", """{"model":"story","prompt":"x"}""" },
        { "/v1/chat/completions", """{"model":"story","messages":[{"role":"user","content":"x"}]}""" },
        { "/v1/sessions", """{"model":"story","prompt":"x"}""" },
        { $"/v1/sessions/{FakeSession.Id}/continue", "{}" },
        { $"/v1/sessions/{FakeSession.Id}/fork", """{"at":0}""" },
        { $"/v1/sessions/{FakeSession.Id}/rewind", """{"to":0}""" },
        { $"/v1/sessions/{FakeSession.Id}/resample", """{"at":0,"draws":1}""" },
        { "/v1/verify", $$"""{"receipt":{{SessionRouteTests.ReceiptText}}}""" },
    };

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task Any_value_in_any_field_is_taken_or_refused_by_the_fields_name_and_the_schema_agrees(string path, string minimal)
    {
        await using var gateway = await TestGateway.StartAsync();
        gateway.Grains.Default = (type, _) => type == typeof(ISessionGrain) ? FakeSession.Create().Grain : type == typeof(ISessionIndexGrain) ? new FakeIndex() : System.Reflection.DispatchProxy.Create<IWorkerGrain, FakeSession>();
        var schemas = await ApiSchemas.OfAsync(gateway);
        var template = path.Replace(FakeSession.Id, "{id}", StringComparison.Ordinal);
        foreach (var field in FieldsOf(template))
        {
            foreach (var value in Values)
            {
                var others = JsonNode.Parse(minimal)!.AsObject();
                others.Remove(field);
                var body = $$"""{{{string.Concat(others.Select(p => $"\"{p.Key}\":{p.Value!.ToJsonString()},"))}}"{{field}}":{{value}}}""";
                var answer = await gateway.PostAsync(path, body);
                if ((int)answer.Status is 200 or 201)
                {
                    Assert.True(BeyondTheValidator.Contains(value) || await schemas.MatchesBodyAsync(template, body), $"taken, but not by the schema: {body}");
                    continue;
                }

                // A model's name can be well-formed and unknown.
                Assert.True((int)answer.Status == 400 || (field == "model" && (int)answer.Status == 404), $"{body} gave {answer.Status} {answer.Body}");
                Assert.Contains(field, answer.Error.GetProperty("message").GetString(), StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void Ranges_of_sampling_parameters_are_the_samplers_own()
    {
        double[] candidates = [-100, -2.5, -2, -1, -0.5, 0, 1e-9, 0.5, 1, 1.5, 2, 2.5, 3, 100];
        foreach (var field in SamplingFields.All)
        {
            foreach (var candidate in candidates)
            {
                using var json = System.Text.Json.JsonDocument.Parse(candidate.ToString(System.Globalization.CultureInfo.InvariantCulture));
                var errors = new FieldErrors();
                var settings = field.Read(json.RootElement, field.Name, SamplingSettings.Default, errors);
                if (Set(field.Name, candidate) is { } expected)
                {
                    var accepted = !expected.Validate(4096).Any(e => e.Field == field.Name);
                    Assert.True(accepted == !errors.Any, $"{field.Name} = {candidate}: the sampler says {accepted}, the gateway {!errors.Any}");
                    Assert.Equal(accepted, settings != SamplingSettings.Default);
                }
            }
        }
    }

    [Fact]
    public void Seeds_are_read_as_64_bits_from_integers_and_strings() => Gen.ULong.Sample(seed =>
    {
        Assert.Equal(seed, Read(seed.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        Assert.Equal(seed, Read($"\"{seed}\""));
        Assert.Equal(seed, Read(unchecked((long)seed).ToString(System.Globalization.CultureInfo.InvariantCulture)));

        static ulong Read(string json)
        {
            using var document = System.Text.Json.JsonDocument.Parse(json);
            var errors = new FieldErrors();
            Assert.True(new SeedShape().TryRead(document.RootElement, "seed", errors, out var seed), errors.Message);
            return seed;
        }
    });

    [Fact]
    public void Sampling_settings_are_written_under_the_names_they_are_read_by()
    {
        foreach (var field in SamplingFields.All)
        {
            var sample = field.Schema()!.AnyOf is { } either && field.Name != "top_n_sigma" ? field.Name == "mirostat" ? "2" : "[\"top_k\"]" : field.Name switch
            {
                "logit_bias" => """{"5":1.5}""",
                "allowed_token_ids" => "[5]",
                "bad_words" or "dry_sequence_breakers" => """["x"]""",
                "draw" => "\"gumbel\"",
                _ => "1",
            };
            using var json = System.Text.Json.JsonDocument.Parse(sample);
            var errors = new FieldErrors();
            var settings = field.Read(json.RootElement, field.Name, SamplingSettings.Default, errors);
            Assert.False(errors.Any, errors.Message);
            using var stream = new MemoryStream();
            using (var writer = new System.Text.Json.Utf8JsonWriter(stream))
            {
                SamplingJson.Write(writer, settings);
            }

            Assert.Equal($$"""{"{{field.Name}}":{{sample}}}""", System.Text.Encoding.UTF8.GetString(stream.ToArray()));
        }
    }

    private static IEnumerable<string> FieldsOf(string template) => template switch
    {
        "/v1/completions" => Names(CompletionFields.Table(Options)),
        "/v1/chat/completions" => Names(ChatFields.Table(Options)),
        "/v1/sessions" => Names(SessionFields.Create(Options)),
        "/v1/sessions/{id}/continue" => Names(SessionFields.Continue(Options)),
        "/v1/sessions/{id}/fork" => Names(SessionFields.Fork),
        "/v1/sessions/{id}/rewind" => Names(SessionFields.Rewind),
        "/v1/sessions/{id}/resample" => Names(SessionFields.Resample),
        _ => Names(SessionFields.Verify),
    };

    private static IEnumerable<string> Names<T>(FieldTable<T> table) => table.Fields.Select(f => f.Name);

    private static SamplingParams? Set(string name, double value) => name switch
    {
        "repetition_penalty" => new() { RepetitionPenalty = value },
        "frequency_penalty" => new() { FrequencyPenalty = value },
        "presence_penalty" => new() { PresencePenalty = value },
        "dry_multiplier" => new() { DryMultiplier = value },
        "dry_base" => new() { DryBase = value },
        "temperature" => new() { Temperature = value },
        "dynatemp_range" => new() { DynatempRange = value },
        "dynatemp_exponent" => new() { DynatempExponent = value },
        "top_n_sigma" => new() { TopNSigma = value },
        "typical_p" => new() { TypicalP = value },
        "top_p" => new() { TopP = value },
        "min_p" => new() { MinP = value },
        "epsilon_cutoff" => new() { EpsilonCutoff = value },
        "eta_cutoff" => new() { EtaCutoff = value },
        "xtc_probability" => new() { XtcProbability = value },
        "xtc_threshold" => new() { XtcThreshold = value },
        "mirostat_tau" => new() { MirostatTau = value },
        "mirostat_eta" => new() { MirostatEta = value },
        _ when value != Math.Floor(value) => null,
        "min_tokens" => new() { MinTokens = (int)value },
        "no_repeat_ngram_size" => new() { NoRepeatNgramSize = (int)value },
        "dry_allowed_length" => new() { DryAllowedLength = (int)value },
        "dry_penalty_last_n" => new() { DryPenaltyLastN = (int)value },
        "top_k" => new() { TopK = (int)value },
        "mirostat" => new() { Mirostat = (int)value },
        _ => null,
    };
}
