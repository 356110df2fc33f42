using Foxtrot.Contracts.Sessions;

namespace Foxtrot.Cluster.Tests.Sessions;

public sealed class SessionIndexTests(OperationTests.SharedCluster shared) : IClassFixture<OperationTests.SharedCluster>
{
    private readonly string _tenant = Guid.NewGuid().ToString();

    private ISessionIndexGrain Index => shared.Cluster.Grains.GetGrain<ISessionIndexGrain>(_tenant);

    [Fact]
    public async Task Sessions_are_listed_newest_first_page_by_page_however_many_there_are()
    {
        const int Count = 600;
        Assert.Empty((await Index.Page(null, 10)).Entries);
        await Task.WhenAll(Enumerable.Range(0, Count).Select(i => Index.Add(Entry(i))));
        var listed = new List<string>();
        for (string? after = null; ;)
        {
            var page = await Index.Page(after, 250);
            listed.AddRange(page.Entries.Select(e => e.Id));
            if (!page.More)
            {
                break;
            }

            after = listed[^1];
        }

        Assert.Equal(Enumerable.Range(0, Count).Reverse().Select(i => Entry(i).Id), listed);
        Assert.Empty((await Index.Page("unknown", 10)).Entries);
    }

    [Fact]
    public async Task The_index_is_read_back_from_storage_without_what_was_removed()
    {
        await Task.WhenAll(Enumerable.Range(0, 300).Select(i => Index.Add(Entry(i))));
        await Index.Add(Entry(299));
        await Task.WhenAll(Index.Remove(Entry(3).Id), Index.Remove(Entry(280).Id), Index.Remove("unknown"));
        await shared.Cluster.Grains.GetGrain<IManagementGrain>(0).ForceActivationCollection(TimeSpan.Zero).WaitAsync(TestContext.Current.CancellationToken);
        var page = await Index.Page(null, 1000);
        Assert.Equal(298, page.Entries.Length);
        Assert.DoesNotContain(Entry(3).Id, page.Entries.Select(e => e.Id));
        Assert.Equal(Entry(299), page.Entries[0]);
        Assert.False(page.More);
    }

    private static SessionEntry Entry(int i) => new($"sess_{i:D4}", "m", DateTimeOffset.UnixEpoch.AddSeconds(i));
}
