using System.Reflection;
using System.Threading.Channels;
using Foxtrot.Cluster.Tenants;
using Foxtrot.Contracts.Tenants;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Foxtrot.Cluster.Tests.Tenants;

public sealed class TenantCatalogTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task Nothing_is_known_before_the_first_answer_and_what_is_known_does_not_hold_for_ever_without_another()
    {
        var (grains, directory) = Directory.Create();
        using var catalog = new TenantCatalog(grains, _time, NullLogger<TenantCatalog>.Instance);
        directory.Answer = _ => throw new TimeoutException();
        await catalog.CatchUpAsync();
        Assert.Equal("the tenant directory has not answered yet", catalog.Doubt);
        directory.Answer = _ => null;
        await catalog.CatchUpAsync();
        Assert.Null(catalog.Doubt);
        Assert.True(catalog.IsEmpty);
        directory.Answer = _ => throw new OrleansException();
        _time.Advance(TenantCatalog.Patience);
        await catalog.CatchUpAsync();
        Assert.Null(catalog.Doubt);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal("the tenant directory has not answered for 30 seconds", catalog.Doubt);
        directory.Answer = _ => null;
        await catalog.CatchUpAsync();
        Assert.Null(catalog.Doubt);
    }

    [Fact]
    public async Task An_older_answer_is_none()
    {
        var (grains, directory) = Directory.Create();
        using var catalog = new TenantCatalog(grains, _time, NullLogger<TenantCatalog>.Instance);
        directory.Answer = _ => new TenantSet(7, [new Tenant { Id = "now" }]);
        await catalog.CatchUpAsync();
        directory.Answer = _ => new TenantSet(6, [new Tenant { Id = "before" }]);
        _time.Advance(TenantCatalog.Patience + TimeSpan.FromSeconds(1));
        await catalog.CatchUpAsync();
        Assert.Equal((null, "now"), (catalog.Find("before")?.Id, catalog.Find("now")?.Id));
        Assert.NotNull(catalog.Doubt);
    }

    [Fact]
    public async Task It_asks_again_and_again_with_what_it_knows()
    {
        var (grains, directory) = Directory.Create();
        var asked = Channel.CreateUnbounded<long>();
        directory.Answer = revision =>
        {
            asked.Writer.TryWrite(revision);
            return revision == 5 ? null : new TenantSet(5, []);
        };
        using var catalog = new TenantCatalog(grains, TimeProvider.System, NullLogger<TenantCatalog>.Instance);
        await catalog.StartAsync(TestContext.Current.CancellationToken);
        await catalog.WaitAsync(TestContext.Current.CancellationToken);
        long[] revisions = [await NextAsync(), await NextAsync(), await NextAsync()];
        await catalog.StopAsync(TestContext.Current.CancellationToken);
        Assert.Equal([0L, 5L, 5L], revisions);

        ValueTask<long> NextAsync() => asked.Reader.ReadAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Whoever_waits_learns_that_the_process_stops()
    {
        var (grains, directory) = Directory.Create();
        directory.Answer = _ => throw new OrleansException();
        using var catalog = new TenantCatalog(grains, TimeProvider.System, NullLogger<TenantCatalog>.Instance);
        await catalog.StartAsync(TestContext.Current.CancellationToken);
        await catalog.StopAsync(TestContext.Current.CancellationToken);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => catalog.WaitAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>A grain factory and the directory that it gives out, in one. Public and open, because proxies are made from it at run time.</summary>
    public class Directory : DispatchProxy
    {
        private ITenantDirectoryGrain _grain = null!;
        private Directory _factory = null!;

        internal Func<long, TenantSet?> Answer { get; set; } = _ => null;

        internal static (IGrainFactory Grains, Directory Directory) Create()
        {
            var grains = Create<IGrainFactory, Directory>();
            var directory = (Directory)(object)grains;
            directory._grain = Create<ITenantDirectoryGrain, Directory>();
            ((Directory)(object)directory._grain)._factory = directory;
            return (grains, directory);
        }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => targetMethod!.Name switch
        {
            "GetGrain" => _grain,
            "Changes" => Task.FromResult(_factory.Answer((long)args![0]!)),
            var name => throw new NotSupportedException(name),
        };
    }
}
