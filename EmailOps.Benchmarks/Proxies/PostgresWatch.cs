using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Text;

namespace EmailOps.Benchmarks.Proxies;

/// <summary>
/// PostgreSQL's protocol 3.0, unencrypted: knows which statements a transaction holds, and sees its commit pass in both directions. A statement alone
/// is its own transaction, which commits at Sync.
/// </summary>
internal sealed class PostgresWatch
{
    private const int MessageHead = 5;

    // One entry for each ReadyForQuery that will come: what commits with it.
    private readonly ConcurrentQueue<IReadOnlyList<StoreCommit>> _due = new();

    private PostgresWatch()
    {
    }

    public static ConnectionWatch New()
    {
        var session = new PostgresWatch();
        return new ConnectionWatch(new Client(session), new Server(session));
    }

    /// <summary>Messages pass whole when their content matters, else as they come.</summary>
    private abstract class Messages(int headless) : StreamWatch
    {
        protected readonly Queue<Moment> Waiting = new();
        private int _headless = headless;
        private long _skip;

        public override int Take(ReadOnlySpan<byte> pending, out Moment? moment)
        {
            moment = null;
            if (_skip > 0)
            {
                var count = (int)Math.Min(_skip, pending.Length);
                _skip -= count;
                return count;
            }
            if (_headless > 0)
            {
                // The first message of a client has no type.
                if (pending.Length < 4 || pending.Length < BinaryPrimitives.ReadInt32BigEndian(pending)) return 0;
                _headless--;
                return BinaryPrimitives.ReadInt32BigEndian(pending);
            }
            if (pending.Length < MessageHead) return 0;
            var size = BinaryPrimitives.ReadInt32BigEndian(pending[1..]) + 1L;
            if (!Matters(pending[0]))
            {
                _skip = size;
                return Take(pending, out moment);
            }
            if (pending.Length < size) return 0;
            Look(pending[0], pending[MessageHead..(int)size]);
            if (Waiting.TryDequeue(out var due))
            {
                moment = due;
                return 0;
            }
            Passed(pending[0]);
            return (int)size;
        }

        protected abstract bool Matters(byte type);

        /// <summary>May be called again for the same message while moments wait.</summary>
        protected abstract void Look(byte type, ReadOnlySpan<byte> body);

        protected abstract void Passed(byte type);
    }

    private sealed class Client(PostgresWatch session) : Messages(headless: 1)
    {
        private readonly Dictionary<string, string> _statements = new(StringComparer.Ordinal);
        private readonly List<StoreCommit> _written = [];
        private bool _inTransaction, _looked;
        private IReadOnlyList<StoreCommit> _commits = [];

        protected override bool Matters(byte type) => type is (byte)'Q' or (byte)'P' or (byte)'B' or (byte)'S';

        protected override void Look(byte type, ReadOnlySpan<byte> body)
        {
            if (_looked) return;
            _looked = true;
            switch (type)
            {
                case (byte)'P':
                    var name = Text(ref body);
                    _statements[name] = Text(ref body);
                    break;
                case (byte)'B':
                    Text(ref body); // the portal
                    if (_statements.TryGetValue(Text(ref body), out var prepared)) Write(prepared, body);
                    break;
                case (byte)'Q':
                    Query(Text(ref body));
                    break;
                default:
                    if (!_inTransaction) Commit();
                    break;
            }
        }

        protected override void Passed(byte type)
        {
            _looked = false;
            if (type is not ((byte)'Q' or (byte)'S')) return;
            session._due.Enqueue(_commits);
            _commits = [];
        }

        private void Query(string sql)
        {
            if (sql.StartsWith("BEGIN", StringComparison.OrdinalIgnoreCase)) _inTransaction = true;
            else if (sql.StartsWith("COMMIT", StringComparison.OrdinalIgnoreCase)) EndTransaction();
            else if (sql.StartsWith("ROLLBACK", StringComparison.OrdinalIgnoreCase) && !sql.Contains("SAVEPOINT", StringComparison.OrdinalIgnoreCase))
            {
                _inTransaction = false;
                _written.Clear();
            }
            else
            {
                Write(sql, []);
                if (!_inTransaction) Commit();
            }
        }

        private void Write(string sql, ReadOnlySpan<byte> values)
        {
            if (StoreCommit.Of(sql, values) is { } kind && !_written.Contains(kind)) _written.Add(kind);
        }

        private void EndTransaction()
        {
            _inTransaction = false;
            Commit();
        }

        private void Commit()
        {
            _commits = [.. _written];
            _written.Clear();
            foreach (var commit in _commits) Waiting.Enqueue(commit.Before);
        }

        private static string Text(ref ReadOnlySpan<byte> body)
        {
            var end = body.IndexOf((byte)0);
            var text = Encoding.UTF8.GetString(body[..end]);
            body = body[(end + 1)..];
            return text;
        }
    }

    private sealed class Server(PostgresWatch session) : Messages(headless: 0)
    {
        private bool _started, _failed, _looked;

        protected override bool Matters(byte type) => type is (byte)'Z' or (byte)'E';

        protected override void Look(byte type, ReadOnlySpan<byte> body)
        {
            if (type == 'E') _failed = true;
            else if (!_looked)
            {
                _looked = true;
                // The first one ends the sign-in, and nobody asked for it.
                if (_started && session._due.TryDequeue(out var commits) && body[0] == 'I' && !_failed)
                    foreach (var commit in commits) Waiting.Enqueue(commit.After);
                _started = true;
            }
        }

        protected override void Passed(byte type)
        {
            if (type == 'Z') (_looked, _failed) = (false, false);
        }
    }
}
