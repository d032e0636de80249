using EmailOps.Core.Audit;
using EmailOps.Core.Contracts;
using Npgsql;

namespace EmailOps.Core.Data.Access;

/// <summary>A person whose session is open.</summary>
internal sealed record OpenSession(long UserId, string Name, UserRole Role, DateTimeOffset Ends);

/// <summary>Who is signed in. Asked with every request of a person and kept nowhere else, so that what ends a session ends it with the next request.</summary>
internal sealed class SessionStore(NpgsqlDataSource source, AccessOptions options)
{
    /// <summary>How exactly "last seen" is kept: a write a request would be many.</summary>
    private static readonly TimeSpan Touch = TimeSpan.FromMinutes(1);

    /// <param name="token">What the caller shows.</param>
    /// <param name="cancel">Gives up.</param>
    /// <param name="counts">False: a page that lies open is no use of the session.</param>
    /// <returns>Null: there is no such session, it ended, or the person was disabled.</returns>
    public async Task<OpenSession?> FindAsync(string token, CancellationToken cancel, bool counts = true)
    {
        if (Tokens.Digest(Tokens.Session, token) is not { } hash) return null;
        await using var connection = await source.OpenConnectionAsync(cancel);
        var found = await Sql.QueryAsync(connection, """
            select u.id, u.name, u.role, s.ends_at, s.seen_at < now() - $2 from user_session s join app_user u on u.id = s.user_id
            where s.hash = $1 and s.ends_at > now() and s.seen_at > now() - $3 and u.disabled_at is null
            """, [hash, Touch, options.SessionIdle], r => (Session: new OpenSession(r.GetInt64(0), r.GetString(1), Enum.Parse<UserRole>(r.GetString(2)), r.GetFieldValue<DateTimeOffset>(3)), IsOld: r.GetBoolean(4)), cancel);
        if (found.Count == 0) return null;
        if (counts && found[0].IsOld)
            await Sql.ExecuteAsync(connection, "with seen as (update user_session set seen_at = now() where hash = $1) update app_user set seen_at = now() where id = $2", [hash, found[0].Session.UserId], cancel);
        return found[0].Session;
    }

    /// <summary>Opens one in the caller's transaction. Old ones of everybody are swept away on the occasion.</summary>
    internal async Task<SignedIn> OpenAsync(NpgsqlConnection connection, long user, string name, UserRole role, string way, string where, CancellationToken cancel)
    {
        var token = Tokens.New(Tokens.Session);
        await Sql.ExecuteAsync(connection, "delete from user_session where ends_at < now() or seen_at < now() - $1", [options.SessionIdle], cancel);
        var ends = (await Sql.QueryAsync(connection, "insert into user_session (hash, user_id, ends_at, way, address) values ($1, $2, now() + $3, $4, $5) returning ends_at",
            [ApiKey.HashOf(token), user, options.SessionLongest, way, where], r => r.GetFieldValue<DateTimeOffset>(0), cancel)).Single();
        var isNew = (await Sql.QueryAsync(connection, """
            insert into user_address (user_id, address) values ($1, $2) on conflict (user_id, address) do update set last_at = now() returning xmax = 0 and exists (select from user_address where user_id = $1 and address <> $2)
            """, [user, where], r => r.GetBoolean(0), cancel)).Single();
        await Sql.ExecuteAsync(connection, "update app_user set seen_at = now() where id = $1", [user], cancel);
        await AuditLine.WriteAsync(connection, name, "sign-in.done", "user", user, $"Signed in by {way} from {where}{(isNew ? ", an address not seen before" : "")}.", cancel);
        return new SignedIn(token, name, role, ends);
    }

    /// <summary>Signs out.</summary>
    public async Task EndAsync(string token, CancellationToken cancel)
    {
        if (Tokens.Digest(Tokens.Session, token) is not { } hash) return;
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var ended = await Sql.QueryAsync(connection, "delete from user_session s using app_user u where s.hash = $1 and u.id = s.user_id returning u.id, u.name", [hash], r => (Id: r.GetInt64(0), Name: r.GetString(1)), cancel);
        if (ended.Count > 0) await AuditLine.WriteAsync(connection, ended[0].Name, "sign-in.end", "user", ended[0].Id, "Signed out.", cancel);
        await transaction.CommitAsync(cancel);
    }

    /// <summary>Ends all sessions of a person.</summary>
    /// <param name="but">The token of the one that goes on; null: none.</param>
    internal static Task<int> EndAllAsync(NpgsqlConnection connection, long user, string? but, CancellationToken cancel)
        => Sql.ExecuteAsync(connection, "delete from user_session where user_id = $1 and hash <> $2", [user, but is null ? [] : ApiKey.HashOf(but)], cancel);

    /// <returns>False when there is no such person.</returns>
    public async Task<bool> EndAllAsync(long user, string actor, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        if ((await Sql.QueryAsync(connection, "select name from app_user where id = $1 for update", [user], r => r.GetString(0), cancel)) is not [var name]) return false;
        var ended = await EndAllAsync(connection, user, null, cancel);
        await AuditLine.WriteAsync(connection, actor, "sign-in.end", "user", user, $"Signed {name} out everywhere: {ended} sessions.", cancel);
        await transaction.CommitAsync(cancel);
        return true;
    }
}
