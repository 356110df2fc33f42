using System.CommandLine;
using System.Globalization;
using Foxtrot.Output;
using Foxtrot.Serving;

namespace Foxtrot.Commands;

/// <summary><c>foxtrot serve</c>: serves models over HTTP, alone or as a part of a cluster.</summary>
internal static class ServeCommand
{
    private const string Description = """
        Serve models over HTTP: OpenAI's API and a native one with durable sessions.

        Every setting can also come from the environment, as Foxtrot__Slots=32 for --slots 32 (Foxtrot__Models=A;B for several models),
        or from a JSON file, as {"Foxtrot": {"Slots": 32, "Models": ["A", "B"]}}: the file of --config, or appsettings.json in the
        current folder. Options win over the environment, and that over files. Orleans__... and ConnectionStrings__redis are honoured
        as .NET Aspire sets them, so is Kestrel__Endpoints__... for certificates, and Logging__LogLevel__Default=Information makes the logs, on standard error, say more.
        """;

    /// <summary>The command.</summary>
    public static Command Create(Terminal terminal)
    {
        var config = Options.Text("--config", "A JSON file with settings", "file");
        var command = new Command("serve", Description) { config };
        var options = ServeSetting.All.ToDictionary(setting => setting, Create);
        foreach (var option in options.Values)
        {
            command.Add(option);
        }

        command.SetAction(async (parsed, cancellationToken) =>
        {
            var given = new Dictionary<string, string?>();
            foreach (var (setting, option) in options)
            {
                Add(given, setting, parsed, option);
            }

            await ServeHost.RunAsync(new ServeConfiguration(parsed.GetValue(config), given), terminal, cancellationToken);
            return 0;
        });
        return command;
    }

    // Values stay texts here: the environment and files give texts too, and all are read and checked in one place.
    private static Option Create(ServeSetting setting) =>
        setting == ServeSetting.Models ? Options.Texts(setting.Option, setting.Description, setting.Value)
        : setting.Value.Length == 0 ? Options.Flag(setting.Option, setting.Description)
        : Options.Text(setting.Option, setting.Description, setting.Value);

    private static void Add(Dictionary<string, string?> given, ServeSetting setting, ParseResult parsed, Option option)
    {
        if (parsed.GetResult(option) is not { Implicit: false })
        {
            return;
        }

        if (option is Option<string[]> list)
        {
            var values = parsed.GetValue(list)!;
            for (var i = 0; i < values.Length; i++)
            {
                given[string.Create(CultureInfo.InvariantCulture, $"{setting.Path}:{i}")] = values[i];
            }
        }
        else
        {
            given[setting.Path] = option is Option<bool> flag ? parsed.GetValue(flag).ToString() : parsed.GetValue((Option<string?>)option);
        }
    }
}
