using Foxtrot.Cluster.Tenants;
using Foxtrot.Contracts;
using Foxtrot.Contracts.Tenants;

namespace Foxtrot.Cluster.Tests.Tenants;

public sealed class TenantRollTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    private static Tenant Acme { get; } = new() { Id = "acme", Weight = 2, Keys = [Key("a")], Created = Now.AddDays(-1) };

    private static Tenant Filed { get; } = new() { Id = "filed", FromFile = true, Keys = [Key("f")], Created = Now.AddDays(-2) };

    [Fact]
    public void A_new_tenant_has_no_keys_and_an_id_of_its_own()
    {
        var change = TenantRoll.Create([Acme], new Tenant { Id = "other", Weight = 3, Keys = [Key("x")], FromFile = true }, Now).Value!;
        Assert.Equal(["acme", "other"], change.All.Select(t => t.Id));
        Assert.Equal((3, false, Now), (change.One.Weight, change.One.FromFile, change.One.Created));
        Assert.Empty(change.One.Keys);
        Assert.Equal((RefusalKind.Conflict, "tenant_exists"), Reason(TenantRoll.Create([Acme], new Tenant { Id = "acme" }, Now).Refusal));
    }

    [Fact]
    public void Replacing_keeps_the_keys_and_nothing_of_the_old_limits()
    {
        var limited = Acme with { Limits = new TenantLimits { MaxTokens = 5, QueueLength = 2 } };
        var replaced = TenantRoll.Replace([limited], new Tenant { Id = "acme", Weight = 0.5, Limits = new TenantLimits { QueueLength = 1 } }).Value!.One;
        Assert.Equal(limited with { Weight = 0.5, Limits = new TenantLimits { QueueLength = 1 } }, replaced);
    }

    [Fact]
    public void A_key_is_added_once_and_gone_when_revoked()
    {
        var added = TenantRoll.AddKey([Acme], "acme", Key("b"), Now).Value!;
        Assert.Equal([Key("a").Id, Key("b").Id], added.One.Keys.Select(k => k.Id));
        Assert.Equal(Now, added.One.Keys[1].Created);
        Assert.Equal((RefusalKind.Conflict, "key_exists"), Reason(TenantRoll.AddKey([Acme, new Tenant { Id = "other" }], "other", Key("a"), Now).Refusal));
        Assert.Equal([Key("b").Id], TenantRoll.RevokeKey(added.All, "acme", Key("a").Id).Value!.One.Keys.Select(k => k.Id));
        Assert.Equal((RefusalKind.NotFound, "key_not_found"), Reason(TenantRoll.RevokeKey(added.All, "acme", "key_none").Refusal));
        Assert.Equal((RefusalKind.NotFound, "tenant_not_found"), Reason(TenantRoll.RevokeKey(added.All, "none", Key("a").Id).Refusal));
    }

    [Fact]
    public void A_tenant_has_a_hundred_keys_at_most()
    {
        var full = Acme with { Keys = [.. Enumerable.Range(0, TenantRoll.MostKeys).Select(i => Key(i.ToString()))] };
        Assert.Equal("tenant 'acme' must have at most 100 keys, and has 100", TenantRoll.AddKey([full], "acme", Key("b"), Now).Refusal!.Message);
    }

    [Fact]
    public void Nothing_changes_a_tenant_from_a_file_but_the_file()
    {
        Refusal?[] refusals =
        [
            TenantRoll.Replace([Filed], new Tenant { Id = "filed" }).Refusal, TenantRoll.Delete([Filed], "filed").Refusal,
            TenantRoll.AddKey([Filed], "filed", Key("n"), Now).Refusal, TenantRoll.RevokeKey([Filed], "filed", Key("f").Id).Refusal,
        ];
        Assert.All(refusals, refusal => Assert.Equal((RefusalKind.Conflict, "tenant_from_file"), Reason(refusal)));
    }

    [Fact]
    public void An_import_replaces_what_came_from_the_file_and_leaves_the_rest()
    {
        var imported = TenantRoll.Import([Acme, Filed], [new Tenant { Id = "new", Keys = [Key("n")] }], Now).Value!;
        Assert.Equal(["acme", "new"], imported.Select(t => t.Id));
        Assert.Equal((true, Now, Now), (imported[1].FromFile, imported[1].Created, imported[1].Keys[0].Created));
        Assert.Equal(["acme"], TenantRoll.Import([Acme, Filed], [], Now).Value!.Select(t => t.Id));
    }

    [Fact]
    public void Importing_the_same_again_changes_nothing_and_another_limit_does()
    {
        Tenant[] file = [new() { Id = "new", Weight = 2, Limits = new TenantLimits { Models = ["a", "b"], MaxTokens = 3 }, Keys = [Key("n"), Key("m")] }];
        var once = TenantRoll.Import([Acme], file, Now).Value!;
        Assert.Same(once, TenantRoll.Import(once, file, Now.AddDays(1)).Value);
        Tenant[][] others =
        [
            [file[0] with { Weight = 3 }], [file[0] with { Limits = file[0].Limits with { MaxTokens = 4 } }], [file[0] with { Limits = file[0].Limits with { Models = ["a"] } }],
            [file[0] with { Limits = file[0].Limits with { Models = null } }], [file[0] with { Keys = [Key("n")] }], [file[0] with { Keys = [Key("n"), Key("m") with { Name = "other" }] }],
            [file[0] with { Keys = [Key("n"), Key("m") with { Expires = Now }] }], [],
        ];
        Assert.All(others, other => Assert.NotSame(once, TenantRoll.Import(once, other, Now.AddDays(1)).Value));
        Assert.Equal(Now, TenantRoll.Import(once, others[0], Now.AddDays(1)).Value![1].Keys[0].Created);
    }

    [Fact]
    public void An_import_that_would_take_somebody_else_s_id_or_key_is_refused_whole()
    {
        Assert.Equal((RefusalKind.Conflict, "tenant_exists"), Reason(TenantRoll.Import([Acme], [new Tenant { Id = "good" }, new Tenant { Id = "acme" }], Now).Refusal));
        Assert.Equal((RefusalKind.Conflict, "key_exists"), Reason(TenantRoll.Import([Acme], [new Tenant { Id = "thief", Keys = [Key("a")] }], Now).Refusal));
    }

    private static (RefusalKind Kind, string? Code) Reason(Refusal? refusal) => (refusal!.Kind, refusal.Code);

    private static TenantKey Key(string text) => ApiKey.ToStored(ApiKey.HashOf(text), text, null);
}
