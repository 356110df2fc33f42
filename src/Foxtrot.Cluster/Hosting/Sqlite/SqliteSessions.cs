using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Foxtrot.Cluster.Hosting.Sqlite;

/// <summary>The SQLite file in which a cluster of one process keeps its sessions.</summary>
internal static class SqliteSessions
{
    /// <summary>Name of the file in the data directory.</summary>
    public const string FileName = "sessions.db";

    private const string ClaimName = "sessions.lock";

    /// <summary>What each connection is told: a commit has reached the disk before it is acknowledged.</summary>
    public const string PragmasOfConnection = "PRAGMA synchronous = FULL;";

    /// <summary>Orleans' name for the provider; it loads Microsoft.Data.Sqlite.</summary>
    public const string Invariant = "System.Data.SQLite";

    private const long Version = 1;

    /// <summary>Creates the folder, the file and its tables where they are missing.</summary>
    /// <returns>Connections to it; no other process can have some before these are disposed of.</returns>
    /// <exception cref="InvalidOperationException">
    /// A newer version of the program wrote the file, another process has it, or it cannot be opened.
    /// </exception>
    public static SqliteDataSource Open(string directory)
    {
        var path = Path.GetFullPath(Path.Combine(directory, FileName));
        FileStream? claim = null;
        try
        {
            Directory.CreateDirectory(directory);
            claim = Claim(directory);
            using var connection = new SqliteConnection(ConnectionString(path));
            connection.Open();
            Execute(connection, "PRAGMA journal_mode = WAL;");
            Prepare(connection, path);
        }
        catch (Exception exception)
        {
            claim?.Dispose();
            if (exception is SqliteException or IOException or UnauthorizedAccessException)
            {
                throw new InvalidOperationException($"The sessions file {path} cannot be used: {exception.Message}", exception);
            }

            throw;
        }

        return new SqliteDataSource(ConnectionString(path), claim);
    }

    // Two clusters of one process each would both believe that they alone run the sessions of the file.
    private static FileStream Claim(string directory)
    {
        var path = Path.Combine(directory, ClaimName);
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException exception) when (File.Exists(path))
        {
            throw new InvalidOperationException($"The data directory {Path.GetFullPath(directory)} is in use by another process.", exception);
        }
    }

    private static void Prepare(SqliteConnection connection, string path)
    {
        using var transaction = connection.BeginTransaction();
        var found = Convert.ToInt64(Execute(connection, "PRAGMA user_version;"), CultureInfo.InvariantCulture);
        if (found > Version)
        {
            throw new InvalidOperationException(
                $"The sessions file {path} has version {found}; this program knows versions up to {Version}. Use a newer program or another data directory.");
        }

        if (found == 0)
        {
            Execute(connection, Schema());
            Execute(connection, string.Create(CultureInfo.InvariantCulture, $"PRAGMA user_version = {Version};"));
        }

        transaction.Commit();
    }

    private static string ConnectionString(string path) => new SqliteConnectionStringBuilder { DataSource = path, DefaultTimeout = 30 }.ToString();

    private static string Schema()
    {
        using var stream = typeof(SqliteSessions).Assembly.GetManifestResourceStream("Foxtrot.Cluster.Hosting.Sqlite.schema-1.sql")
            ?? throw new InvalidOperationException("The schema of the sessions file is missing from the program.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private static object? Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }
}
