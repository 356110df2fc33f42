using Foxtrot.Commands;
using Foxtrot.Inference.Devices;
using Foxtrot.Serving;
using Microsoft.Extensions.Configuration;

namespace Foxtrot.Tests.Serving;

/// <summary>In one collection with everything that reads the environment.</summary>
[Collection("Environment")]
public sealed class ServeOptionsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("foxtrot-settings-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Nothing_is_needed_to_serve_the_bundled_model()
    {
        var options = Read();
        Assert.Equal(ServeRole.All, options.Role);
        Assert.Equal(["foxtrot-stories"], options.Models.Select(m => m.Name));
        Assert.Equal(["http://127.0.0.1:8080"], options.Urls);
        Assert.Equal((64, 4096, 256), (options.Engine.Slots, options.Engine.ContextLength, options.Queue));
        Assert.Equal((Device.Cpu, null, TimeSpan.FromSeconds(30)), (options.Device, options.Redis, options.Drain));
    }

    [Fact]
    public void Every_setting_can_be_given()
    {
        var options = Read(new()
        {
            ["Foxtrot:Role"] = "worker",
            ["Foxtrot:Models:0"] = "a=/models/one",
            ["Foxtrot:Models:1"] = "/models/two/",
            ["Foxtrot:OnnxFile"] = "model.onnx",
            ["Foxtrot:Device"] = "cuda:1",
            ["Foxtrot:Slots"] = "3",
            ["Foxtrot:Context"] = "100",
            ["Foxtrot:Threads"] = "2",
            ["Foxtrot:Spin"] = "True",
            ["Foxtrot:Niceness"] = "19",
            ["Foxtrot:Queue"] = "0",
            ["Foxtrot:Urls"] = "http://*:80;https://[::1]:443",
            ["Foxtrot:Redis"] = "localhost:6379,password=x",
            ["Foxtrot:Data"] = "/data",
            ["Foxtrot:DrainSeconds"] = "7",
        });
        Assert.Equal([new ModelSource("a", "/models/one"), new ModelSource("two", "/models/two/")], options.Models);
        Assert.Equal((ServeRole.Worker, "model.onnx", "cuda:1", 3, 100), (options.Role, options.OnnxFile, options.Device.ToString(), options.Engine.Slots, options.Engine.ContextLength));
        Assert.Equal((2, true, 19, 0, "localhost:6379,password=x", "/data", TimeSpan.FromSeconds(7)), (options.Loading.IntraOpThreads, options.Loading.AllowSpinning, options.Loading.Niceness, options.Queue, options.Redis, options.Data, options.Drain));
        Assert.Equal(["http://*:80", "https://[::1]:443"], options.Urls);
    }

    [Theory]
    [InlineData(null, LogFormat.Text)]
    [InlineData("text", LogFormat.Text)]
    [InlineData("JSON", LogFormat.Json)]
    public void Logs_are_text_unless_they_are_to_be_json(string? format, LogFormat expected) =>
        Assert.Equal(expected, Read(new() { ["Foxtrot:LogFormat"] = format }).LogFormat);

    [Theory]
    [InlineData("LogFormat", "xml", "--log-format must be text or json, but is 'xml'")]
    [InlineData("LogFormat", "1", "--log-format must be text or json, but is '1'")]
    [InlineData("Ops", "yes", "--ops must be true or false, but is 'yes'")]
    [InlineData("Ops", "true", "--ops needs an admin key: give --admin-key-file")]
    public void Settings_of_operators_are_checked(string key, string value, string error) =>
        Assert.Equal(error, Assert.Throws<UsageException>(() => Read(new() { ["Foxtrot:" + key] = value })).Message);

    [Fact]
    public void A_worker_collects_for_the_dashboard_without_an_admin_key_and_a_gateway_serves_it_with_one()
    {
        Assert.False(Read().Ops);
        Assert.True(Read(new() { ["Foxtrot:Ops"] = "true", ["Foxtrot:Role"] = "worker", ["Foxtrot:Redis"] = "localhost" }).Ops);
        Assert.True(Read(new() { ["Foxtrot:Ops"] = "true", ["Foxtrot:AdminKey"] = new string('k', 32) }).Ops);
    }

    [Theory]
    [InlineData("20ms", 20)]
    [InlineData("2.5", 2.5)]
    public void Steps_that_only_wait_are_another_model(string step, double milliseconds)
    {
        var options = Read(new() { ["Foxtrot:SyntheticStep"] = step });
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), options.Loading.SyntheticStep);
        Assert.Equal(["foxtrot-synthetic"], options.Models.Select(m => m.Name));
        Assert.Null(Read().Loading.SyntheticStep);
    }

    [Theory]
    [InlineData("Models:0")]
    [InlineData("OnnxFile")]
    public void Steps_that_only_wait_are_refused_together_with_a_model(string key) => Assert.Contains(
        "--synthetic-step and --model exclude each other: with it no model runs",
        Assert.Throws<UsageException>(() => Read(new() { ["Foxtrot:SyntheticStep"] = "20", ["Foxtrot:" + key] = "/some/model" })).Message,
        StringComparison.Ordinal);

    [Fact]
    public void Options_win_over_the_environment_and_that_over_the_file()
    {
        var file = File("""{"Foxtrot": {"Slots": 1, "Queue": 1, "Context": 100}}""");
        using var slots = new Variable("Foxtrot__Slots", "2");
        using var queue = new Variable("Foxtrot__Queue", "2");
        var options = Read(new() { ["Foxtrot:Slots"] = "3" }, file);
        Assert.Equal((3, 2, 100), (options.Engine.Slots, options.Queue, options.Engine.ContextLength));
    }

    [Fact]
    public void Models_of_several_sources_do_not_mix()
    {
        var file = File("""{"Foxtrot": {"Models": ["a=/1", "b=/2", "c=/3"]}}""");
        Assert.Equal(["a", "b", "c"], Read(file: file).Models.Select(m => m.Name));
        using var environment = new Variable("Foxtrot__Models", "d=/4;e=/5");
        Assert.Equal(["d", "e"], Read(file: file).Models.Select(m => m.Name));
        Assert.Equal(["f"], Read(new() { ["Foxtrot:Models:0"] = "f=/6" }, file).Models.Select(m => m.Name));
    }

    [Fact]
    public void What_an_orchestrator_sets_is_honoured()
    {
        using var urls = new Variable("ASPNETCORE_URLS", "http://localhost:5005");
        using var redis = new Variable("ConnectionStrings__redis", "cache:6379,password=p");
        var options = Read(new() { ["Foxtrot:Role"] = "gateway" });
        Assert.Equal(["http://localhost:5005"], options.Urls);
        Assert.Equal("cache:6379,password=p", options.Redis);
        Assert.Equal("other:1", Read(new() { ["Foxtrot:Redis"] = "other:1" }).Redis);
    }

    [Fact]
    public void Ports_that_a_container_is_given_mean_all_addresses()
    {
        using var image = new Variable("ASPNETCORE_HTTP_PORTS", "8080");
        Assert.Equal(["http://*:8080"], Read(new() { ["Foxtrot:Insecure"] = "true" }).Urls);
        Assert.Equal(["http://*:8080"], Read(new() { ["Foxtrot:Role"] = "worker", ["Foxtrot:Redis"] = "redis:6379" }).Urls);
        Assert.Contains("http://*:8080 can be reached from elsewhere", Assert.Throws<UsageException>(() => Read()).Message, StringComparison.Ordinal);

        using var plain = new Variable("HTTP_PORTS", "5000;5001");
        using var secure = new Variable("HTTPS_PORTS", "5443");
        Assert.Equal(["http://*:5000", "http://*:5001", "https://*:5443"], Read(new() { ["Foxtrot:Insecure"] = "true" }).Urls);

        using var urls = new Variable("ASPNETCORE_URLS", "http://localhost:5005");
        Assert.Equal(["http://localhost:5005"], Read().Urls);
    }

    [Fact]
    public void A_worker_takes_any_free_port() =>
        Assert.Equal(["http://127.0.0.1:0"], Read(new() { ["Foxtrot:Role"] = "worker", ["Foxtrot:Redis"] = "localhost:6379" }).Urls);

    [Theory]
    [InlineData("Role", "boss", "--role must be all, gateway or worker, but is 'boss'")]
    [InlineData("Role", "gateway", "--redis must be given with --role gateway")]
    [InlineData("Role", "worker", "--redis must be given with --role worker")]
    [InlineData("Models:0", "x=", "--model must be a folder or NAME=FOLDER, but is 'x='")]
    [InlineData("Models:0", "a b=/x", "--model must have a name of 1 to 200 characters without spaces, as in NAME=FOLDER, but is 'a b=/x'")]
    [InlineData("Models", "/one/a;/two/a", "--model must name each model once, but has 'a' 2 times")]
    [InlineData("Device", "tpu", "--device must be cpu or cuda:N, but is 'tpu'")]
    [InlineData("Slots", "0", "--slots must be a whole number in [1, 4096], but is '0'")]
    [InlineData("Slots", "many", "--slots must be a whole number in [1, 4096], but is 'many'")]
    [InlineData("Context", "1", "--context must be a whole number in [2, 1048576], but is '1'")]
    [InlineData("Threads", "-1", "--threads must be a whole number in [0, 1024], but is '-1'")]
    [InlineData("Spin", "maybe", "--spin must be true or false, but is 'maybe'")]
    [InlineData("Niceness", "20", "--niceness must be a whole number in [0, 19], but is '20'")]
    [InlineData("Queue", "99999999999", "--queue must be a whole number in [0, 1000000], but is '99999999999'")]
    [InlineData("Urls", "ftp://x", "--urls must be a list of addresses such as http://127.0.0.1:8080 with ports in [0, 65535], but has 'ftp://x'")]
    [InlineData("Urls", "http://a:1;8080", "but has '8080'")]
    [InlineData("Urls", "http://a:70000", "but has 'http://a:70000'")]
    [InlineData("DrainSeconds", "0", "--drain-seconds must be a whole number in [1, 3600], but is '0'")]
    [InlineData("Urls", "http://0.0.0.0:8080", "http://0.0.0.0:8080 can be reached from elsewhere, and no key is needed: give --tenants or --admin-key-file, serve on 127.0.0.1, or say --insecure")]
    [InlineData("Urls", "http://127.0.0.1:1;http://*:80", "http://*:80 can be reached from elsewhere")]
    [InlineData("Urls", "http://some-host:80", "http://some-host:80 can be reached from elsewhere")]
    [InlineData("Urls", "http://[::]:80", "http://[::]:80 can be reached from elsewhere")]
    [InlineData("Urls", "http://10.1.2.3:80", "http://10.1.2.3:80 can be reached from elsewhere")]
    [InlineData("AdminKey", "short", "Foxtrot:AdminKey must have 32 to 1024 characters, but has 5")]
    [InlineData("AdminKeyFile", "/no/such/file", "--admin-key-file must be a file that can be read")]
    [InlineData("Tenants", "/no/such/file", "--tenants /no/such/file: ")]
    [InlineData("Cors", "example.com", "--cors must be * or a list of origins such as https://example.com, but has 'example.com'")]
    [InlineData("Cors", "https://example.com/path", "but has 'https://example.com/path'")]
    [InlineData("Insecure", "maybe", "--insecure must be true or false, but is 'maybe'")]
    [InlineData("SyntheticStep", "0", "--synthetic-step must be milliseconds in [1, 10000], such as 20ms, but is '0'")]
    [InlineData("SyntheticStep", "20s", "--synthetic-step must be milliseconds in [1, 10000], such as 20ms, but is '20s'")]
    [InlineData("Slotz", "5", "there is no setting Foxtrot:Slotz; those there are: Role, Models,")]
    public void What_is_wrong_is_named_with_bound_and_value(string key, string value, string message) =>
        Assert.Contains(message, Assert.Throws<UsageException>(() => Read(new() { ["Foxtrot:" + key] = value })).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("http://localhost:1")]
    [InlineData("http://LOCALHOST:1;http://127.0.0.1:0;http://127.1.2.3:5;https://[::1]:443")]
    [InlineData("http://unix:/run/foxtrot.sock")]
    public void What_only_this_machine_reaches_needs_no_keys(string urls) => Assert.NotEmpty(Read(new() { ["Foxtrot:Urls"] = urls }).Urls);

    [Fact]
    public void Who_has_keys_or_says_so_may_be_reached_from_elsewhere()
    {
        const string Key = "0123456789abcdef0123456789abcdef";
        var everywhere = new Dictionary<string, string?> { ["Foxtrot:Urls"] = "http://*:80" };
        Assert.Null(Read(new(everywhere) { ["Foxtrot:Insecure"] = "true" }).AdminKey);
        Assert.True(Read(new(everywhere) { ["Foxtrot:AdminKey"] = Key }).AdminKey!.Is(Key));
        Assert.True(Read(new(everywhere) { ["Foxtrot:AdminKeyFile"] = File(Key + "\n") }).AdminKey!.Is(Key));
        Assert.NotNull(Read(new(everywhere) { ["Foxtrot:Tenants"] = File("""{"tenants": []}""") }).Tenants);
        Assert.Equal(["https://a.example", "http://localhost:3000"], Read(new() { ["Foxtrot:Cors"] = "https://a.example;http://localhost:3000" }).Cors);
    }

    [Fact]
    public void Endpoints_of_kestrel_are_the_only_ones_and_need_keys_as_well()
    {
        Dictionary<string, string?> local = new() { ["Kestrel:Endpoints:Https:Url"] = "https://localhost:8443" };
        Assert.Empty(Read(local).Urls);
        Dictionary<string, string?> both = new(local) { ["Foxtrot:Urls"] = "http://localhost:1" };
        Assert.Contains("--urls and Kestrel:Endpoints must not both be given", Assert.Throws<UsageException>(() => Read(both)).Message, StringComparison.Ordinal);
        Dictionary<string, string?> remote = new(local) { ["Kestrel:Endpoints:Other:Url"] = "https://*:443" };
        Assert.Contains("https://*:443 can be reached from elsewhere", Assert.Throws<UsageException>(() => Read(remote)).Message, StringComparison.Ordinal);
        Assert.Empty(Read(new(remote) { ["Foxtrot:Insecure"] = "true" }).Urls);
        Assert.Empty(Read(new(remote) { ["Foxtrot:Role"] = "worker", ["Foxtrot:Redis"] = "localhost:6379" }).Urls);
    }

    [Fact]
    public void All_errors_come_together()
    {
        var error = Assert.Throws<UsageException>(() => Read(new() { ["Foxtrot:Slots"] = "0", ["Foxtrot:Device"] = "tpu", ["Foxtrot:Queue"] = "-5" }));
        Assert.All(["--slots", "--device", "--queue"], option => Assert.Contains(option, error.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void A_file_that_is_missing_or_broken_is_named()
    {
        var missing = Path.Combine(_folder, "missing.json");
        Assert.Contains(missing, Assert.Throws<UsageException>(() => Read(file: missing)).Message, StringComparison.Ordinal);
        var broken = File("{");
        Assert.Contains(broken, Assert.Throws<UsageException>(() => Read(file: broken)).Message, StringComparison.Ordinal);
    }

    private static ServeOptions Read(Dictionary<string, string?>? options = null, string? file = null)
    {
        using var configuration = new ConfigurationManager();
        new ServeConfiguration(file, options ?? []).ApplyTo(configuration);
        return ServeOptionsReader.Read(configuration);
    }

    private string File(string content)
    {
        var path = Path.Combine(_folder, "settings.json");
        System.IO.File.WriteAllText(path, content);
        return path;
    }

    /// <summary>An environment variable while it is not disposed of.</summary>
    private sealed class Variable : IDisposable
    {
        private readonly string _name;

        public Variable(string name, string value)
        {
            _name = name;
            Environment.SetEnvironmentVariable(name, value);
        }

        public void Dispose() => Environment.SetEnvironmentVariable(_name, null);
    }
}
