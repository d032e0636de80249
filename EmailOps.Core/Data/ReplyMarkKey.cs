using System.Text;
using EmailOps.Core.Messages;
using Npgsql;

namespace EmailOps.Core.Data;

/// <summary>
/// Reads the key of our marks once a process. It lies in the database, made by a migration: every worker has the same, a restored backup goes on
/// recognising its replies, and nobody has to set anything. Whoever can read the database needs no forged mark.
/// </summary>
internal sealed class ReplyMarkKey(NpgsqlDataSource source)
{
    private ReplyMarks? _marks;

    public async ValueTask<ReplyMarks> MarksAsync(CancellationToken cancel)
    {
        if (_marks is { } known) return known;
        await using var command = source.CreateCommand("select value from installation where key = 'reply-mark-key'");
        var value = await command.ExecuteScalarAsync(cancel) as string ?? throw new InvalidOperationException("The database has no key for reply marks. Run: emailops migrate");
        return _marks = new ReplyMarks(Encoding.UTF8.GetBytes(value));
    }
}
