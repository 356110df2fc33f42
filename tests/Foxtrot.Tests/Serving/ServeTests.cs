using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Foxtrot.Output;
using Foxtrot.Serving;
using Foxtrot.Tests.Commands;

namespace Foxtrot.Tests.Serving;

[Collection("Environment")]
public sealed partial class ServeTests
{
    [Fact]
    public async Task A_server_says_where_it_is_ready_and_stops_when_told_to()
    {
        await using var output = new ReadyWriter();
        using var terminal = new Terminal(Stream.Null, true, output, TextWriter.Null, isInteractive: false);
        using var stop = new CancellationTokenSource();
        var data = Directory.CreateTempSubdirectory("foxtrot-data-");
        try
        {
            var settings = new Dictionary<string, string?> { ["Foxtrot:Urls"] = "http://127.0.0.1:0", ["Foxtrot:Slots"] = "2", ["Foxtrot:Data"] = data.FullName };
            var run = ServeHost.RunAsync(new ServeConfiguration(null, settings), terminal, stop.Token);
            Assert.Same(output.Ready, await Task.WhenAny(output.Ready, run));
            var ready = ReadyLine().Match(await output.Ready);
            Assert.True(ready.Success, await output.Ready);
            using var http = new HttpClient { BaseAddress = new Uri(ready.Groups["address"].Value) };
            Assert.Equal("Healthy", await http.GetStringAsync("/health", TestContext.Current.CancellationToken));
            Assert.Equal("Healthy", await http.GetStringAsync("/alive", TestContext.Current.CancellationToken));
            await stop.CancelAsync();
            await run;
            await Assert.ThrowsAsync<HttpRequestException>(() => http.GetAsync("/alive", TestContext.Current.CancellationToken));
        }
        finally
        {
            data.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task An_address_that_is_taken_is_one_line()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var address = $"http://{listener.LocalEndpoint}";
        var run = await CommandRun.Of("serve", "--urls", address);
        Assert.Equal((1, $"foxtrot: Failed to bind to address {address}: address already in use.\n", ""), (run.ExitCode, run.Error, run.Output));
    }

    [Theory]
    [InlineData("--slots 0 --queue -1", "--slots must be a whole number in [1, 4096], but is '0'; --queue must be a whole number in [0, 1000000], but is '-1'")]
    [InlineData("--role gateway", "--redis must be given with --role gateway: its processes find each other there")]
    [InlineData("--urls http://0.0.0.0:0", "http://0.0.0.0:0 can be reached from elsewhere, and no key is needed: give --tenants or --admin-key-file, serve on 127.0.0.1, or say --insecure")]
    [InlineData("--model /no/such/folder", "/no/such/folder: there is no such folder.")]
    [InlineData("--model x=/no/such --spin", "/no/such: there is no such folder.")]
    public async Task What_is_wrong_is_one_line_before_anything_is_served(string arguments, string message)
    {
        var run = await CommandRun.Of(["serve", .. arguments.Split(' ')]);
        Assert.Equal((2, $"foxtrot: {message}\n", ""), (run.ExitCode, run.Error, run.Output));
    }

    [GeneratedRegex(@"^foxtrot ready: role=all (?<address>http://127\.0\.0\.1:\d+) models=foxtrot-stories$")]
    private static partial Regex ReadyLine();
}
