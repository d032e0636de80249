using System.Text;
using EmailOps.Core.Escalations;
using Npgsql;

namespace EmailOps.Core.Data.Escalations;

/// <summary>Reads the key of the links in chats once a process; it lies in the database, made by a migration, as <see cref="ReplyMarkKey"/> does.</summary>
internal sealed class EscalationKey(NpgsqlDataSource source)
{
    private LinkToken? _token;

    public async ValueTask<LinkToken> TokenAsync(CancellationToken cancel)
    {
        if (_token is { } known) return known;
        await using var command = source.CreateCommand("select value from installation where key = 'escalation-link-key'");
        var value = await command.ExecuteScalarAsync(cancel) as string ?? throw new InvalidOperationException("The database has no key for links in chats. Run: emailops migrate");
        return _token = new LinkToken(Encoding.UTF8.GetBytes(value));
    }
}
