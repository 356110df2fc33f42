using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using Foxtrot.Cluster.Tenants;
using Foxtrot.Output;

namespace Foxtrot.Commands;

/// <summary><c>foxtrot key</c>: makes an API key for a tenants file.</summary>
internal static class KeyCommand
{
    private const string Description = """
        Make an API key: prints the key, then the line that a tenants file needs to know it.

        The first line is for the tenant, who sends it as Authorization: Bearer KEY; it is shown nowhere else. The second goes into the
        file of foxtrot serve --tenants, which holds hashes alone:

          {"tenants": [{
            "id": "acme", "weight": 2,
            "limits": {"requests_per_minute": 600, "tokens_per_minute": 100000, "concurrent_sequences": 32, "queue_length": 64,
                       "max_tokens": 1024, "models": ["foxtrot-stories"], "max_wait_seconds": 10},
            "keys": [{"name": "laptop", "hash": "sha256:...", "expires": "2030-01-31T12:00:00Z"}]
          }]}

        Only id is required of a tenant and only hash of a key. A change of the file holds within a second.
        """;

    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The command.</summary>
    public static Command Create(Terminal terminal)
    {
        var name = Options.Text("--name", "What the key's owner calls it", "name");
        var command = new Command("key", Description) { name };
        command.SetAction(parsed =>
        {
            var key = ApiKey.New();
            terminal.Output.WriteLine(key);
            terminal.Output.WriteLine(JsonSerializer.Serialize(new { name = parsed.GetValue(name) ?? "", hash = ApiKey.Write(ApiKey.HashOf(key)) }, Readable));
            return 0;
        });
        return command;
    }
}
