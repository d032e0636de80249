using System.Collections.Concurrent;
using System.Data;
using System.Runtime.CompilerServices;
using Npgsql;

namespace EmailOps.Core.Data;

/// <summary>
/// Tells all processes that something changed: a hint to look, never the change itself. Through PostgreSQL at commit, or where Redis serves, by it right after:
/// then a commit does not take the lock that PostgreSQL needs to keep notifications in order, and none of its connections is woken.
/// </summary>
internal static class Hints
{
    /// <summary>By database: who carries its hints in this process. None: PostgreSQL.</summary>
    private static readonly ConcurrentDictionary<string, IHintCarrier> Carriers = new(StringComparer.Ordinal);
    private static readonly ConditionalWeakTable<NpgsqlConnection, Pending> Waiting = [];

    /// <summary>Sends a hint when the caller's transaction commits, if there is one, or the connection is given back.</summary>
    public static async Task SendAsync(NpgsqlConnection connection, string channel, string payload, CancellationToken cancel)
    {
        await using var batch = new NpgsqlBatch(connection);
        Add(batch, connection, channel, payload);
        if (batch.BatchCommands.Count > 0) await batch.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>The same with other statements of the transaction, for one round trip; adds nothing where Redis carries it.</summary>
    public static void Add(NpgsqlBatch batch, NpgsqlConnection connection, string channel, string payload)
    {
        if (Carriers.TryGetValue(connection.ConnectionString, out var carrier)) Waiting.GetValue(connection, c => new Pending(c, carrier)).Add(channel, payload);
        else batch.BatchCommands.Add(new NpgsqlBatchCommand("select pg_notify($1, $2)") { Parameters = { new() { Value = channel }, new() { Value = payload } } });
    }

    /// <returns>Dispose to give it back to PostgreSQL.</returns>
    public static IDisposable CarriedBy(IHintCarrier carrier, NpgsqlDataSource source)
    {
        Carriers[source.ConnectionString] = carrier;
        return new Carrying(source.ConnectionString, carrier);
    }

    /// <summary>
    /// A connection is given back right after its transaction ended; where that was a rollback, a hint too many does no harm. Nothing tells us of the commit itself.
    /// </summary>
    private sealed class Pending
    {
        private readonly List<(string Channel, string Payload)> _hints = [];
        private readonly IHintCarrier _carrier;

        public Pending(NpgsqlConnection connection, IHintCarrier carrier)
        {
            _carrier = carrier;
            connection.StateChange += (_, change) =>
            {
                if (change.CurrentState == ConnectionState.Closed) Leave();
            };
        }

        public void Add(string channel, string payload)
        {
            if (!_hints.Contains((channel, payload))) _hints.Add((channel, payload));
        }

        private void Leave()
        {
            foreach (var (channel, payload) in _hints) _carrier.Carry(channel, payload);
            _hints.Clear();
        }
    }

    private sealed class Carrying(string database, IHintCarrier carrier) : IDisposable
    {
        public void Dispose() => Carriers.TryRemove(new KeyValuePair<string, IHintCarrier>(database, carrier));
    }
}

/// <summary>Takes hints to other processes; never waits and never fails.</summary>
internal interface IHintCarrier
{
    void Carry(string channel, string payload);
}
