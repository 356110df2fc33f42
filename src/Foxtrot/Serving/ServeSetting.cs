namespace Foxtrot.Serving;

/// <summary>One thing that can be set: by option, by environment variable <c>Foxtrot__Key</c>, or in a file as <c>{"Foxtrot": {"Key": ...}}</c>.</summary>
/// <param name="Option">With its dashes.</param>
/// <param name="Key">In the section.</param>
/// <param name="Value">What help calls the value; empty for a switch.</param>
/// <param name="Description">For help.</param>
internal sealed record ServeSetting(string Option, string Key, string Value, string Description)
{
    /// <summary>The configuration section of all settings.</summary>
    public const string Section = "Foxtrot";

    public static readonly ServeSetting Role = new("--role", "Role", "role", "all, gateway (HTTP only) or worker (models only) (default: all)");
    public static readonly ServeSetting Models = new("--model", "Models", "dir", "A model folder as on Hugging Face, or NAME=FOLDER; may be repeated (default: the bundled story model)");
    public static readonly ServeSetting OnnxFile = new("--onnx-file", "OnnxFile", "file", "Which ONNX file of the folder");
    public static readonly ServeSetting Device = new("--device", "Device", "device", "cpu or cuda:N (default: cpu)");
    public static readonly ServeSetting Slots = new("--slots", "Slots", "n", "Sequences that generate at once, per model (default: 64)");
    public static readonly ServeSetting Context = new("--context", "Context", "n", "Tokens of prompt and output together that a slot has memory for (default: the model's context, at most 4096)");
    public static readonly ServeSetting Threads = new("--threads", "Threads", "n", "Threads for one operator on the CPU; 0 is min(2, processors, heads) (default: 0)");
    public static readonly ServeSetting Spin = new("--spin", "Spin", "", "Let the threads of an operator spin while they wait: faster on quiet cores, much slower on busy ones");
    public static readonly ServeSetting Niceness = new("--niceness", "Niceness", "n", "How far threads that compute on the CPU stand back behind those that serve, and behind other programs, 0 (not) to 19, as with nice (default: 0)");
    public static readonly ServeSetting Queue = new("--queue", "Queue", "n", "Sequences that may wait for a slot, per model; more are refused (default: 256)");
    public static readonly ServeSetting Urls = new("--urls", "Urls", "urls", "Where to serve HTTP, as a list with semicolons (default: http://127.0.0.1:8080; a worker: any free port)");
    public static readonly ServeSetting MetricsUrls = new("--metrics-urls", "MetricsUrls", "urls", "Where /metrics is served without a key, for Prometheus inside the network, as a list with semicolons (default: on --urls, with the admin key where keys are needed)");
    public static readonly ServeSetting Redis = new("--redis", "Redis", "host:port", "Redis, or Garnet with --lua --lua-transaction-mode, for a cluster of several processes (default: one process alone)");
    public static readonly ServeSetting Data = new("--data", "Data", "folder", "Where one process alone keeps its sessions (default: foxtrot-data)");
    public static readonly ServeSetting Drain = new("--drain-seconds", "DrainSeconds", "n", "How long a stop may take, in which running generations finish or move (default: 30)");

    public static readonly ServeSetting SyntheticStep = new("--synthetic-step", "SyntheticStep", "ms", "For measurements of a cluster only: no model runs; each decode step waits so many milliseconds, and its text is made up (not with --model)");

    public static readonly ServeSetting Tenants = new("--tenants", "Tenants", "file", "A JSON file with tenants, their limits and the hashes of their API keys (see foxtrot key --help); followed when it changes");
    public static readonly ServeSetting AdminKeyFile = new("--admin-key-file", "AdminKeyFile", "file", "A file with the key of the admin API, 32 characters or more; also Foxtrot__AdminKey (default: no admin API)");
    public static readonly ServeSetting Insecure = new("--insecure", "Insecure", "", "Listen where others can reach it although no key is needed");
    public static readonly ServeSetting Ops = new("--ops", "Ops", "", "Serve the Orleans dashboard at /ops/orleans, with the admin key as a browser's password; give it to all processes of a cluster");
    public static readonly ServeSetting LogFormat = new("--log-format", "LogFormat", "format", "text or json: one line for each log record, on standard error (default: text)");
    public static readonly ServeSetting Cors = new("--cors", "Cors", "origins", "Origins whose pages may call the API from a browser, as a list with semicolons, or * (default: none)");

    /// <summary>The admin key itself. No option: command lines are for all to see.</summary>
    public static readonly ServeSetting AdminKey = new("", "AdminKey", "key", "");

    /// <summary>All that are options, in the order of help.</summary>
    public static IReadOnlyList<ServeSetting> All { get; } =
        [Role, Models, OnnxFile, Device, Slots, Context, Threads, Spin, Niceness, Queue, Urls, MetricsUrls, Redis, Data, Drain, SyntheticStep, Tenants, AdminKeyFile, Insecure, Cors, Ops, LogFormat];

    /// <summary>All that configuration may hold.</summary>
    public static IReadOnlyList<ServeSetting> Known { get; } = [.. All, AdminKey];

    /// <summary>Its key in the configuration.</summary>
    public string Path => $"{Section}:{Key}";
}
