using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace Foxtrot.Cluster.Hosting.Sqlite;

/// <summary>Connections to one SQLite file, of which one is open at a time.</summary>
/// <param name="connectionString">Where it is.</param>
/// <param name="claim">What keeps other processes away from it; disposed of with this.</param>
/// <remarks>
/// SQLite has one writer. Left to itself, each of many writers that finds the file busy sleeps for a while, holding its thread, and
/// tries again; here they queue without threads, and the next one starts when the last one is done.
/// Thread-safe.
/// </remarks>
internal sealed class SqliteDataSource(string connectionString, IDisposable claim) : DbDataSource
{
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <inheritdoc/>
    public override string ConnectionString => connectionString;

    /// <inheritdoc/>
    protected override DbConnection CreateDbConnection() => new Connection(connectionString, _turn);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            using (var connection = new SqliteConnection(connectionString))
            {
                SqliteConnection.ClearPool(connection);
            }

            _turn.Dispose();
            claim.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <inheritdoc/>
    /// <remarks>The base class's would release nothing.</remarks>
    protected override ValueTask DisposeAsyncCore()
    {
        Dispose(disposing: true);
        return base.DisposeAsyncCore();
    }

    private sealed class Connection(string connectionString, SemaphoreSlim turn) : SqliteConnection(connectionString)
    {
        private bool _hasTurn;

        public override void Open()
        {
            turn.Wait();
            OpenInTurn();
        }

        public override async Task OpenAsync(CancellationToken cancellationToken)
        {
            await turn.WaitAsync(cancellationToken);
            OpenInTurn();
        }

        public override void Close()
        {
            try
            {
                base.Close();
            }
            finally
            {
                if (_hasTurn)
                {
                    _hasTurn = false;
                    turn.Release();
                }
            }
        }

        private void OpenInTurn()
        {
            _hasTurn = true;
            try
            {
                base.Open();
                using var command = CreateCommand();
                command.CommandText = SqliteSessions.PragmasOfConnection;
                command.ExecuteNonQuery();
            }
            catch
            {
                Close();
                throw;
            }
        }
    }
}
