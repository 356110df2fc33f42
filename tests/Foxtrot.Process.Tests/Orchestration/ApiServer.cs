using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Foxtrot.Cluster.Hosting;

namespace Foxtrot.Process.Tests.Orchestration;

/// <summary>Stands in for Kubernetes' API server: it knows some pods, and what was asked of it.</summary>
internal sealed class ApiServer : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly ConcurrentBag<HttpListenerResponse> _watches = [];
    private readonly string _labels;
    private readonly string[] _pods;
    private readonly Task _serving;

    /// <summary>Starts it.</summary>
    /// <param name="service">The service's id, a label of all pods.</param>
    /// <param name="cluster">The cluster's id, a label of all pods.</param>
    /// <param name="pods">Their names.</param>
    public ApiServer(string service, string cluster, params string[] pods)
    {
        _labels = $$"""{"orleans/serviceId": "{{service}}", "orleans/clusterId": "{{cluster}}"}""";
        _pods = pods;
        Address = $"http://127.0.0.1:{FreePorts.Take(1, Random.Shared)[0]}/";
        _listener.Prefixes.Add(Address);
        _listener.Start();
        _serving = ServeAsync();
    }

    /// <summary>Where it answers.</summary>
    public string Address { get; }

    /// <summary>What was asked, as Kubernetes' roles name it: verb and resource; and the labels that were asked for.</summary>
    public ConcurrentQueue<(string Verb, string Path, string? Labels)> Requests { get; } = new();

    /// <summary>Completes when somebody watches pods.</summary>
    public TaskCompletionSource Watched { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Writes what tells a client where it is.</summary>
    public string WriteConfiguration(string folder)
    {
        var file = Path.Combine(folder, "config");
        File.WriteAllText(file, $$"""
            apiVersion: v1
            kind: Config
            current-context: test
            contexts: [{name: test, context: {cluster: test, user: test} }]
            clusters: [{name: test, cluster: {server: "{{Address}}"} }]
            users: [{name: test, user: {token: test} }]
            """);
        return file;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var watch in _watches)
        {
            watch.Abort();
        }

        _listener.Close();
        await _serving;
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception ended) when (ended is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            Answer(context);
        }
    }

    private void Answer(HttpListenerContext context)
    {
        var (path, query) = (context.Request.Url!.AbsolutePath, context.Request.QueryString);
        var list = path.EndsWith("/pods", StringComparison.Ordinal);
        var watch = list && query["watch"] == "true";
        var verb = context.Request.HttpMethod != "GET" ? context.Request.HttpMethod : watch ? "watch" : list ? "list" : "get";
        Requests.Enqueue((verb, path, query["labelSelector"]));
        context.Response.ContentType = "application/json";
        if (watch)
        {
            // Open, and nothing happens.
            context.Response.SendChunked = true;
            context.Response.OutputStream.Flush();
            _watches.Add(context.Response);
            Watched.TrySetResult();
            return;
        }

        var body = list
            ? $$"""{"kind": "PodList", "apiVersion": "v1", "metadata": {"resourceVersion": "1"}, "items": [{{string.Join(',', _pods.Select(Pod))}}]}"""
            : Pod(path[(path.LastIndexOf('/') + 1)..]);
        context.Response.Close(Encoding.UTF8.GetBytes(body), willBlock: false);
    }

    private string Pod(string name) =>
        $$"""{"kind": "Pod", "apiVersion": "v1", "metadata": {"labels": {{_labels}}, "namespace": "foxtrot", "name": "{{name}}"} }""";
}
