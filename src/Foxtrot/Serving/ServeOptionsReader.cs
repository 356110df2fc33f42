using System.Globalization;
using Foxtrot.Commands;
using Foxtrot.Inference.Devices;
using Foxtrot.Inference.Engine;
using Foxtrot.Inference.Models;
using Foxtrot.Model;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;

namespace Foxtrot.Serving;

/// <summary>Turns configuration into valid options, or says all that is wrong with it.</summary>
internal sealed class ServeOptionsReader
{
    private const int DefaultContext = 4096;
    private const int LongestContext = 1 << 20;
    private const int LongestName = 200;
    private const string SyntheticName = "foxtrot-synthetic";
    private const string AspNetUrls = "ASPNETCORE_URLS";

    // As ASP.NET Core reads them: the first that is set. Base images set the second, orchestrators the first.
    private static readonly string[] HttpPorts = ["HTTP_PORTS", "ASPNETCORE_HTTP_PORTS"];
    private static readonly string[] HttpsPorts = ["HTTPS_PORTS", "ASPNETCORE_HTTPS_PORTS"];

    private readonly IConfigurationRoot _configuration;
    private readonly List<string> _errors = [];

    private ServeOptionsReader(IConfigurationRoot configuration) => _configuration = configuration;

    /// <summary>Reads the options.</summary>
    /// <exception cref="UsageException">Names every option that is wrong, with its bound and value.</exception>
    public static ServeOptions Read(IConfigurationRoot configuration)
    {
        var reader = new ServeOptionsReader(configuration);
        var options = reader.Read();
        return reader._errors.Count == 0 ? options : throw new UsageException(string.Join("; ", reader._errors));
    }

    private ServeOptions Read()
    {
        RefuseUnknown();
        var role = Role();
        var redis = Text(ServeSetting.Redis) ?? _configuration.GetConnectionString("redis");
        if (role != ServeRole.All && redis is null && string.IsNullOrEmpty(_configuration["Orleans:Clustering:ProviderType"]))
        {
            _errors.Add($"--redis must be given with --role {Name(role)}: its processes find each other there");
        }

        var urls = Urls(role);
        var access = ServeAccess.Read(_configuration, role, urls, Switch(ServeSetting.Insecure), _errors);
        return new ServeOptions
        {
            Role = role,
            Models = Models(),
            OnnxFile = Text(ServeSetting.OnnxFile),
            Device = Device(),
            Engine = new EngineOptions
            {
                Slots = Number(ServeSetting.Slots, 64, 1, 4096),
                ContextLength = Number(ServeSetting.Context, DefaultContext, 2, LongestContext),
            },
            Loading = new ModelLoadOptions
            {
                IntraOpThreads = Number(ServeSetting.Threads, 0, 0, 1024),
                AllowSpinning = Switch(ServeSetting.Spin),
                Niceness = Number(ServeSetting.Niceness, 0, 0, ModelLoadOptions.MostNiceness),
                SyntheticStep = SyntheticStep(),
            },
            Queue = Number(ServeSetting.Queue, 256, 0, 1_000_000),
            Urls = urls,
            MetricsUrls = MetricsUrls(),
            Tenants = access.Tenants,
            AdminKey = access.AdminKey,
            Cors = access.Cors,
            Ops = Ops(role, access),
            LogFormat = Format(),
            Redis = redis,
            Data = Text(ServeSetting.Data) ?? "foxtrot-data",
            Drain = TimeSpan.FromSeconds(Number(ServeSetting.Drain, 30, 1, 3600)),
        };
    }

    /// <summary>What options call a role.</summary>
    public static string Name(ServeRole role) => role switch
    {
        ServeRole.Gateway => "gateway",
        ServeRole.Worker => "worker",
        _ => "all",
    };

    // A misspelt setting must not pass for one that is not set.
    private void RefuseUnknown()
    {
        foreach (var child in _configuration.GetSection(ServeSetting.Section).GetChildren())
        {
            if (!ServeSetting.Known.Any(s => s.Key.Equals(child.Key, StringComparison.OrdinalIgnoreCase)))
            {
                _errors.Add($"there is no setting {child.Path}; those there are: {string.Join(", ", ServeSetting.Known.Select(s => s.Key))}");
            }
        }
    }

    private ServeRole Role()
    {
        var text = Text(ServeSetting.Role);
        foreach (var role in Enum.GetValues<ServeRole>())
        {
            if (text is null || Name(role).Equals(text, StringComparison.OrdinalIgnoreCase))
            {
                return role;
            }
        }

        _errors.Add($"--role must be all, gateway or worker, but is '{text}'");
        return ServeRole.All;
    }

    private bool Ops(ServeRole role, ServeAccess access)
    {
        var ops = Switch(ServeSetting.Ops);
        if (ops && role != ServeRole.Worker && access is { AdminKey: null, HasWrongAdminKey: false })
        {
            _errors.Add($"{ServeSetting.Ops.Option} needs an admin key: give {ServeSetting.AdminKeyFile.Option}");
        }

        return ops;
    }

    private LogFormat Format()
    {
        var text = Text(ServeSetting.LogFormat);
        foreach (var format in Enum.GetValues<LogFormat>())
        {
            if (text is null || Enum.GetName(format)!.Equals(text, StringComparison.OrdinalIgnoreCase))
            {
                return format;
            }
        }

        _errors.Add($"{ServeSetting.LogFormat.Option} must be text or json, but is '{text}'");
        return LogFormat.Text;
    }

    private List<ModelSource> Models()
    {
        var texts = ModelTexts();
        if (texts.Count == 0)
        {
            // Made-up text must not pass for the model's: it has another name.
            return [new ModelSource(Text(ServeSetting.SyntheticStep) is null ? BundledModel.Name : SyntheticName, BundledModel.Folder)];
        }

        var models = texts.ConvertAll(Model);
        foreach (var twice in models.GroupBy(m => m.Name).Where(g => g.Count() > 1))
        {
            _errors.Add($"--model must name each model once, but has '{twice.Key}' {twice.Count()} times: give names with NAME=FOLDER");
        }

        return models;
    }

    private TimeSpan? SyntheticStep()
    {
        if (Text(ServeSetting.SyntheticStep) is not { } text)
        {
            return null;
        }

        if (ModelTexts().Count > 0 || Text(ServeSetting.OnnxFile) is not null)
        {
            _errors.Add($"{ServeSetting.SyntheticStep.Option} and --model exclude each other: with it no model runs");
        }

        if (Milliseconds.TryParse(text, out var step) && step >= Milliseconds.Least && step <= Milliseconds.Most)
        {
            return step;
        }

        _errors.Add($"{ServeSetting.SyntheticStep.Option} must be {Milliseconds.Bounds}, but is '{text}'");
        return null;
    }

    // A list is taken whole from the source that wins: entries of several sources do not mix.
    private List<string> ModelTexts()
    {
        foreach (var provider in _configuration.Providers.Reverse())
        {
            if (provider.TryGet(ServeSetting.Models.Path, out var list) && !string.IsNullOrEmpty(list))
            {
                return [.. list.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];
            }

            var entries = provider.GetChildKeys([], ServeSetting.Models.Path).Distinct().Order(ConfigurationKeyComparer.Instance).ToList();
            if (entries.Count > 0)
            {
                return entries.ConvertAll(key => provider.TryGet($"{ServeSetting.Models.Path}:{key}", out var entry) ? entry ?? "" : "");
            }
        }

        return [];
    }

    private ModelSource Model(string text)
    {
        var at = text.IndexOf('=', StringComparison.Ordinal);
        var (name, folder) = at < 0 || Directory.Exists(text) ? (null, text) : (text[..at], text[(at + 1)..]);
        if (folder.Length == 0)
        {
            _errors.Add($"--model must be a folder or NAME=FOLDER, but is '{text}'");
            return new ModelSource(text, folder);
        }

        name ??= Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder, Environment.CurrentDirectory)));
        if (name.Length is 0 or > LongestName || name.Any(c => char.IsControl(c) || char.IsWhiteSpace(c)))
        {
            _errors.Add($"--model must have a name of 1 to {LongestName} characters without spaces, as in NAME=FOLDER, but is '{text}'");
        }

        return new ModelSource(name, folder);
    }

    private Device Device()
    {
        var text = Text(ServeSetting.Device) ?? "cpu";
        if (!Inference.Devices.Device.TryParse(text, out var device))
        {
            _errors.Add($"--device must be cpu or cuda:N, but is '{text}'");
        }

        return device;
    }

    private string[] Urls(ServeRole role)
    {
        if (ServeAccess.Endpoints(_configuration).Length > 0)
        {
            if (Text(ServeSetting.Urls) is { } both)
            {
                _errors.Add($"--urls and Kestrel:Endpoints must not both be given, but --urls is '{both}'");
            }

            return [];
        }

        var text = Text(ServeSetting.Urls) ?? _configuration[AspNetUrls];
        if (string.IsNullOrEmpty(text))
        {
            text = string.Join(';', Ports("http", HttpPorts).Concat(Ports("https", HttpsPorts)));
        }

        if (text.Length == 0)
        {
            return [role == ServeRole.Worker ? "http://127.0.0.1:0" : "http://127.0.0.1:8080"];
        }

        var urls = text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        foreach (var url in urls.Where(url => !IsAddress(url)))
        {
            _errors.Add($"--urls must be a list of addresses such as http://127.0.0.1:8080 with ports in [0, 65535], but has '{url}'");
        }

        return urls;
    }

    private string[] MetricsUrls()
    {
        var urls = (Text(ServeSetting.MetricsUrls) ?? "").Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        foreach (var url in urls)
        {
            if (!IsAddress(url) || BindingAddress.Parse(url) is not { Scheme: "http", Port: > 0 })
            {
                _errors.Add($"--metrics-urls must be a list of addresses such as http://*:9090 with ports in [1, 65535], but has '{url}'");
            }
        }

        if (urls.Length > 0 && ServeAccess.Endpoints(_configuration).Length > 0)
        {
            _errors.Add($"--metrics-urls and Kestrel:Endpoints must not both be given, but --metrics-urls is '{string.Join(';', urls)}'");
        }

        return urls;
    }

    // Ports alone mean all addresses.
    private IEnumerable<string> Ports(string scheme, string[] variables) =>
        (variables.Select(name => _configuration[name]).FirstOrDefault(value => !string.IsNullOrEmpty(value)) ?? "")
            .Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(port => $"{scheme}://*:{port}");

    private static bool IsAddress(string url)
    {
        try
        {
            var address = BindingAddress.Parse(url);
            return address.Scheme is "http" or "https" && address.Port is >= 0 and <= 65535 && address.PathBase.Length == 0;
        }
        catch (FormatException)
        {
            return false;
        }
    }

    private int Number(ServeSetting setting, int otherwise, int least, int most)
    {
        if (Text(setting) is not { } text)
        {
            return otherwise;
        }

        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
        {
            return number;
        }

        _errors.Add($"{setting.Option} must be a whole number in [{least}, {most}], but is '{text}'");
        return otherwise;
    }

    private bool Switch(ServeSetting setting)
    {
        var text = Text(setting);
        if (bool.TryParse(text, out var value) || text is null)
        {
            return value;
        }

        _errors.Add($"{setting.Option} must be true or false, but is '{text}'");
        return false;
    }

    // Orchestrators set variables to nothing where people leave them out.
    private string? Text(ServeSetting setting) => _configuration[setting.Path] is { Length: > 0 } text ? text : null;
}
