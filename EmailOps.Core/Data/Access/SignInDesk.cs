using System.Threading.RateLimiting;
using EmailOps.Core.Audit;
using EmailOps.Core.Contracts;
using Npgsql;

namespace EmailOps.Core.Data.Access;

/// <param name="Done">Null: refused.</param>
/// <param name="RetryAfter">Too many attempts; when another is looked at.</param>
/// <param name="IsSpent">The link was used before.</param>
internal sealed record SignInAnswer(SignedIn? Done, string? Problem = null, TimeSpan? RetryAfter = null, bool IsSpent = false);

/// <summary>Lets people in: by password, by the installation's one-time link, by an invitation. Counts failures, by name in the store and by address in this process.</summary>
internal sealed class SignInDesk(NpgsqlDataSource source, Passwords passwords, SessionStore sessions, SpentLinks links, AccessOptions options) : IDisposable
{
    public const string Wrong = "Name or password are wrong.";
    private static readonly TimeSpan FirstLock = TimeSpan.FromSeconds(30);

    private readonly PartitionedRateLimiter<string> _addresses = PartitionedRateLimiter.Create<string, string>(where => RateLimitPartition.GetSlidingWindowLimiter(where,
        _ => new SlidingWindowRateLimiterOptions { PermitLimit = options.AttemptsPerAddress, Window = TimeSpan.FromMinutes(5), SegmentsPerWindow = 10, QueueLimit = 0 }), StringComparer.Ordinal);

    public async Task<SignInAnswer> ByPasswordAsync(string name, string password, string? address, CancellationToken cancel)
    {
        var where = Tokens.Where(address);
        if (Slow(where) is { } slow) return slow;
        var key = PersonName.Key(name.Length > PersonName.Longest ? name[..PersonName.Longest] : name);
        await using var connection = await source.OpenConnectionAsync(cancel);
        // Counted before it is looked at, so that a thousand guesses at the same moment are not a thousand first ones.
        if (await CountAsync(connection, key, cancel) is { } locked) return new SignInAnswer(null, "Too many wrong passwords. Wait a moment, or ask an administrator for an invitation.", locked);
        var known = (await Sql.QueryAsync(connection, "select id, name, role, password_hash, disabled_at is not null from app_user where name_key = $1", [key],
            r => new Known(r.GetInt64(0), r.GetString(1), Enum.Parse<UserRole>(r.GetString(2)), r.IsDBNull(3) ? null : r.GetString(3), r.GetBoolean(4)), cancel)).SingleOrDefault();
        var right = await passwords.IsRightAsync(known is { IsDisabled: false } ? known.Hash : null, password, cancel);
        if (!right || known is null)
        {
            // A name that nobody has may be a password typed into the wrong field: it is not kept.
            await AuditLine.WriteAsync(connection, known?.Name ?? "unknown", "sign-in.failed", "user", known?.Id ?? 0,
                known is null ? $"Nobody has the name that was given, from {where}." : known.IsDisabled ? $"The account is disabled; from {where}." : $"Wrong password, from {where}.", cancel);
            return new SignInAnswer(null, Wrong);
        }
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        // Once more, under a lock: it may have been disabled, or its password changed, while we looked.
        if (await Sql.QueryAsync(connection, "select role from app_user where id = $1 and disabled_at is null and password_hash = $2 for update", [known.Id, known.Hash], r => r.GetString(0), cancel) is not [var role])
            return new SignInAnswer(null, Wrong);
        await Sql.ExecuteAsync(connection, "delete from sign_in_failure where name_key = $1", [key], cancel);
        var done = await sessions.OpenAsync(connection, known.Id, known.Name, Enum.Parse<UserRole>(role), "password", where, cancel);
        await transaction.CommitAsync(cancel);
        return new SignInAnswer(done);
    }

    /// <summary>Whoever has the installation's link runs the installation: he becomes an administrator, or gives an account its new password.</summary>
    public async Task<SignInAnswer> ByLinkAsync(LinkSignIn asked, CancellationToken cancel)
    {
        var where = Tokens.Where(asked.Address);
        if (Slow(where) is { } slow) return slow;
        if (PersonName.Problem(asked.Name) is { } unusable) return new SignInAnswer(null, unusable);
        if (Passwords.Problem(asked.Password, asked.Name) is { } weak) return new SignInAnswer(null, weak);
        var hash = await passwords.HashAsync(asked.Password, cancel);
        if (!await links.SpendAsync(asked.Link, asked.Ends, cancel)) return new SignInAnswer(null, "This link was used before.", IsSpent: true);
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var (id, name, role, isNew) = (await Sql.QueryAsync(connection, """
            insert into app_user (name, name_key, role, password_hash, password_at, created_by) values ($1, $2, 'Admin', $3, now(), 'link')
            on conflict (name_key) do update set password_hash = excluded.password_hash, password_at = now(), disabled_at = null, invitation_hash = null, invitation_ends = null, version = app_user.version + 1
            returning id, name, role, xmax = 0
            """, [asked.Name, PersonName.Key(asked.Name), hash], r => (r.GetInt64(0), r.GetString(1), Enum.Parse<UserRole>(r.GetString(2)), r.GetBoolean(3)), cancel)).Single();
        await ChosenAsync(connection, id, name, isNew ? "user.create" : "user.password", isNew ? "Made the account of an administrator by the installation's link." : "Chose a new password by the installation's link.", cancel);
        var done = await sessions.OpenAsync(connection, id, name, role, "link", where, cancel);
        await transaction.CommitAsync(cancel);
        return new SignInAnswer(done);
    }

    public async Task<SignInAnswer> ByInvitationAsync(InvitationSignIn asked, CancellationToken cancel)
    {
        const string used = "This invitation was used, taken back, or is over. Ask an administrator for a new one.";
        var where = Tokens.Where(asked.Address);
        if (Slow(where) is { } slow) return slow;
        if (Tokens.Digest(Tokens.Invitation, asked.Invitation) is not { } invitation) return new SignInAnswer(null, used);
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        if (await Sql.QueryAsync(connection, "select id, name, role from app_user where invitation_hash = $1 and invitation_ends > now() and disabled_at is null for update", [invitation],
            r => (Id: r.GetInt64(0), Name: r.GetString(1), Role: Enum.Parse<UserRole>(r.GetString(2))), cancel) is not [var user]) return new SignInAnswer(null, used);
        if (Passwords.Problem(asked.Password, user.Name) is { } weak) return new SignInAnswer(null, weak);
        await Sql.ExecuteAsync(connection, "update app_user set password_hash = $2, password_at = now(), invitation_hash = null, invitation_ends = null, version = version + 1 where id = $1",
            [user.Id, await passwords.HashAsync(asked.Password, cancel)], cancel);
        await ChosenAsync(connection, user.Id, user.Name, "user.password", "Chose a password by invitation.", cancel);
        var done = await sessions.OpenAsync(connection, user.Id, user.Name, user.Role, "invitation", where, cancel);
        await transaction.CommitAsync(cancel);
        return new SignInAnswer(done);
    }

    /// <summary>A new password ends what the old one opened, and forgives wrong guesses at it.</summary>
    internal static async Task ChosenAsync(NpgsqlConnection connection, long id, string actor, string action, string detail, CancellationToken cancel, string? but = null)
    {
        await SessionStore.EndAllAsync(connection, id, but, cancel);
        await Sql.ExecuteAsync(connection, "delete from sign_in_failure f using app_user u where u.id = $1 and f.name_key = u.name_key", [id], cancel);
        await AuditLine.WriteAsync(connection, actor, action, "user", id, detail, cancel);
    }

    private SignInAnswer? Slow(string where)
    {
        using var lease = _addresses.AttemptAcquire(where);
        return lease.IsAcquired ? null : new SignInAnswer(null, "Too many attempts from this address.", TimeSpan.FromSeconds(30));
    }

    /// <returns>How long the name stays locked; null: this attempt counts.</returns>
    private async Task<TimeSpan?> CountAsync(NpgsqlConnection connection, string key, CancellationToken cancel)
    {
        await Sql.ExecuteAsync(connection, "delete from sign_in_failure where last_at < now() - interval '1 day'", [], cancel);
        var (counts, wait) = (await Sql.QueryAsync(connection, """
            with tried as (
                insert into sign_in_failure as f (name_key, count, last_at, locked_until) values ($1, 1, now(), case when $2 <= 1 then now() + $3 end)
                on conflict (name_key) do update set count = f.count + 1, last_at = now(),
                    locked_until = case when f.count + 1 >= $2 then now() + least($3 * power(2, least(f.count + 1 - $2, 20)), $4) end
                where f.locked_until is null or f.locked_until <= now()
                returning 1)
            select exists (select from tried), (select locked_until - now() from sign_in_failure where name_key = $1)
            """, [key, options.LockAfter, FirstLock, options.LongestLock], r => (r.GetBoolean(0), r.IsDBNull(1) ? FirstLock : r.GetTimeSpan(1)), cancel)).Single();
        // The length of the lock may be of before this statement waited for the row; whether it counts is not.
        return counts ? null : wait > TimeSpan.Zero ? wait : FirstLock;
    }

    public void Dispose() => _addresses.Dispose();

    private sealed record Known(long Id, string Name, UserRole Role, string? Hash, bool IsDisabled);
}
