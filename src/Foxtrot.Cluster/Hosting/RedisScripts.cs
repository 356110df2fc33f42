using StackExchange.Redis;

namespace Foxtrot.Cluster.Hosting;

/// <summary>Makes sure that a server runs a script as Redis does: with nothing of anybody else's in between.</summary>
/// <remarks>
/// Membership and the storage of sessions compare and write in one script. Garnet runs scripts of several clients side by side unless
/// <c>--lua-transaction-mode</c> is given: two silos that join at the same moment can then both succeed with the same version of the
/// membership table and never see each other, and an activation that was only thought dead can overwrite what its successor stored.
/// </remarks>
internal static class RedisScripts
{
    private const string Remedy = "start Garnet with --lua --lua-transaction-mode";

    // Reads a number again and again while another connection counts it up: in one script it must stay the same.
    private const string Script = """
        local first = redis.call('GET', KEYS[1])
        for i = 1, tonumber(ARGV[1]) do
            if redis.call('GET', KEYS[1]) ~= first then
                return 0
            end
        end
        return 1
        """;

    private const int Looks = 20_000;
    private const int Rounds = 3;
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(1);

    /// <summary>What is wrong with how a server runs scripts, for people; null when nothing is, when it is no Garnet, and when it is not there yet.</summary>
    /// <param name="redis">A connection to it.</param>
    /// <param name="options">For another one, which is closed again.</param>
    /// <exception cref="RedisException">The server went away meanwhile.</exception>
    public static string? FindFault(IConnectionMultiplexer redis, ConfigurationOptions options)
    {
        if (!IsGarnet(redis))
        {
            return null;
        }

        using var other = ConnectionMultiplexer.Connect(options);
        var key = $"foxtrot-scripts:{Guid.NewGuid():n}";
        redis.GetDatabase().StringSet(key, 0, Life);
        try
        {
            for (var round = 0; round < Rounds; round++)
            {
                if (!IsExclusive(redis.GetDatabase(), other.GetDatabase(), key))
                {
                    return $"lets scripts of several clients run into each other, so that silos would not find each other and stored sessions could be overwritten: {Remedy}";
                }
            }

            return null;
        }
        catch (RedisServerException refused)
        {
            return $"runs no scripts: {Remedy} ({refused.Message})";
        }
        finally
        {
            redis.GetDatabase().KeyDelete(key);
        }
    }

    private static bool IsExclusive(IDatabase one, IDatabase other, string key)
    {
        var script = one.ScriptEvaluateAsync(Script, [key], [Looks]);
        do
        {
            other.StringIncrement(key);
        }
        while (!script.IsCompleted);

        return (int)script.GetAwaiter().GetResult() == 1;
    }

    private static bool IsGarnet(IConnectionMultiplexer redis)
    {
        try
        {
            // Not the library's own Info, which wants a connection with administrator's rights.
            var about = (string?)redis.GetServers().FirstOrDefault(server => server.IsConnected)?.Execute("INFO", "server");
            return about?.Contains("garnet_version:", StringComparison.Ordinal) ?? false;
        }
        catch (Exception refused) when (refused is RedisServerException or RedisCommandException)
        {
            // Who may not ask is no client of a Garnet with its defaults.
            return false;
        }
    }
}
