using Foxtrot.Cluster.Hosting;
using Foxtrot.Cluster.Hosting.Sqlite;
using Microsoft.Data.Sqlite;

namespace Foxtrot.Cluster.Tests.Hosting;

public sealed class SqliteStorageTests : IDisposable
{
    private static readonly Note Sample = new() { Text = "naïve 🦊", Numbers = [0.1, double.NaN, double.NegativeInfinity, -0.0] };

    private readonly string _directory = Directory.CreateTempSubdirectory("foxtrot-").FullName;

    private ClusterOptions Options => new() { DataDirectory = _directory };

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task What_is_stored_survives_a_restart_bit_for_bit_in_the_binary_format()
    {
        var first = await Silo.StartAsync(Options);
        await first.Grains().GetGrain<INoteGrain>("a").Write(Sample);
        await first.EndAsync();
        var second = await Silo.StartAsync(Options);
        var note = await second.Grains().GetGrain<INoteGrain>("a").Read();
        var nothing = await second.Grains().GetGrain<INoteGrain>("b").Read();
        await second.EndAsync();
        Assert.NotNull(note);
        Assert.Equal(Sample.Text, note.Text);
        Assert.Equal(Sample.Numbers.Select(BitConverter.DoubleToInt64Bits), note.Numbers.Select(BitConverter.DoubleToInt64Bits));
        Assert.Null(nothing);
        Assert.NotEqual((byte)'{', ((byte[])Scalar("SELECT PayloadBinary FROM OrleansStorage")!)[0]);
    }

    [Fact]
    public async Task A_writer_that_missed_a_change_is_refused_and_so_is_one_that_missed_a_deletion()
    {
        var host = await Silo.StartAsync(Options);
        var grain = host.Grains().GetGrain<INoteGrain>("a");
        await grain.Write(Sample);
        Assert.True(await grain.WriteStale(new Note { Text = "stale" }));
        Assert.Equal(Sample.Text + "!", (await grain.Read())!.Text);
        await grain.Forget();
        Assert.Equal(0L, Scalar("SELECT COUNT(*) FROM OrleansStorage"));
        Assert.Null(await grain.Read());
        await grain.Write(Sample);
        Assert.Equal(Sample.Text, (await grain.Read())!.Text);
        await host.EndAsync();
    }

    [Fact]
    public async Task Two_servers_on_one_machine_do_not_clash()
    {
        var other = Directory.CreateTempSubdirectory("foxtrot-").FullName;
        var first = await Silo.StartAsync(Options);
        var second = await Silo.StartAsync(Options with { DataDirectory = other });
        await first.Grains().GetGrain<INoteGrain>("a").Write(Sample);
        Assert.Null(await second.Grains().GetGrain<INoteGrain>("a").Read());
        await first.EndAsync();
        await second.EndAsync();
        SqliteConnection.ClearAllPools();
        Directory.Delete(other, recursive: true);
    }

    [Fact]
    public void A_file_of_a_newer_version_is_refused_and_left_alone()
    {
        SqliteSessions.Open(_directory).Dispose();
        Scalar("PRAGMA user_version = 99");
        var exception = Assert.Throws<InvalidOperationException>(() => SqliteSessions.Open(_directory));
        Assert.Contains("version 99", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_data_directory_serves_one_process_at_a_time()
    {
        using (SqliteSessions.Open(_directory))
        {
            var exception = Assert.Throws<InvalidOperationException>(() => SqliteSessions.Open(_directory));
            Assert.Contains("in use by another process", exception.Message, StringComparison.Ordinal);
        }

        SqliteSessions.Open(_directory).Dispose();
    }

    [Fact]
    public void A_data_directory_that_cannot_be_used_is_a_clear_error()
    {
        var file = Path.Combine(_directory, "file");
        File.WriteAllText(file, "");
        var exception = Assert.Throws<InvalidOperationException>(() => SqliteSessions.Open(file));
        Assert.Contains(file, exception.Message, StringComparison.Ordinal);
    }

    private object? Scalar(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(_directory, SqliteSessions.FileName)}");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }
}
