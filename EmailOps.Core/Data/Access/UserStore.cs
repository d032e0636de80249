using EmailOps.Core.Audit;
using EmailOps.Core.Contracts;
using Npgsql;

namespace EmailOps.Core.Data.Access;

/// <param name="Id">Of the person; of the one in the way for <see cref="WriteOutcome.WrongState"/>.</param>
/// <param name="Problem">What to change; null when it was done.</param>
/// <param name="Invitation">Of who was invited.</param>
internal sealed record UserWrite(WriteOutcome Outcome, long Id = 0, string? Problem = null, string? Invitation = null);

/// <summary>People who sign in. Nobody is deleted, because the audit names them; who must go is disabled.</summary>
internal sealed class UserStore(NpgsqlDataSource source, Passwords passwords, AccessOptions options)
{
    private const string Columns = """
        select u.id, u.name, u.role, u.password_hash is not null, u.disabled_at is not null, u.created_at, u.created_by, u.seen_at,
            (select count(*)::int from user_session s where s.user_id = u.id and s.ends_at > now() and s.seen_at > now() - $1), case when u.invitation_ends > now() then u.invitation_ends end,
            (select f.locked_until from sign_in_failure f where f.name_key = u.name_key and f.locked_until > now()), u.version
        from app_user u
        """;

    public async Task<IReadOnlyList<UserView>> AllAsync(CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        return await Sql.QueryAsync(connection, $"{Columns} order by u.disabled_at is not null, u.name_key", [options.SessionIdle], Read, cancel);
    }

    public async Task<UserView?> FindAsync(long id, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        return (await Sql.QueryAsync(connection, $"{Columns} where u.id = $2", [options.SessionIdle, id], Read, cancel)).SingleOrDefault();
    }

    /// <returns>Null when nobody has that name.</returns>
    public async Task<UserView?> FindAsync(string name, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        return (await Sql.QueryAsync(connection, $"{Columns} where u.name_key = $2", [options.SessionIdle, PersonName.Key(name)], Read, cancel)).SingleOrDefault();
    }

    /// <summary>Makes a person who chooses a password by the invitation.</summary>
    public async Task<UserWrite> AddAsync(string name, UserRole role, string actor, CancellationToken cancel)
    {
        if (PersonName.Problem(name) is { } unusable) return new UserWrite(WriteOutcome.WrongState, 0, unusable);
        if (!Enum.IsDefined(role)) return new UserWrite(WriteOutcome.WrongState, 0, "A role is Viewer, Operator or Admin.");
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        if (await Sql.QueryAsync(connection, "insert into app_user (name, name_key, role, created_by) values ($1, $2, $3, $4) on conflict (name_key) do nothing returning id",
            [name, PersonName.Key(name), role.ToString(), actor], r => r.GetInt64(0), cancel) is not [var id]) return new UserWrite(WriteOutcome.WrongState, 0, $"There is somebody named {name} already.");
        await AuditLine.WriteAsync(connection, actor, "user.create", "user", id, $"Added {name} as {role}.", cancel);
        var invitation = await InviteAsync(connection, id, cancel);
        await transaction.CommitAsync(cancel);
        return new UserWrite(WriteOutcome.Done, id, null, invitation);
    }

    public async Task<UserWrite> InviteAsync(long id, string actor, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        if (await Sql.QueryAsync(connection, "select name, disabled_at is not null from app_user where id = $1 for update", [id], r => (Name: r.GetString(0), Disabled: r.GetBoolean(1)), cancel) is not [var user]) return new UserWrite(WriteOutcome.NotFound, id);
        if (user.Disabled) return new UserWrite(WriteOutcome.WrongState, id, $"{user.Name} is disabled. Enable the account first.");
        await AuditLine.WriteAsync(connection, actor, "user.invite", "user", id, $"Made an invitation for {user.Name} to choose a password.", cancel);
        var invitation = await InviteAsync(connection, id, cancel);
        await transaction.CommitAsync(cancel);
        return new UserWrite(WriteOutcome.Done, id, null, invitation);
    }

    /// <summary>Role and whether the account works. A change of either ends nothing but what it must: sessions ask for the role with each request, a disabled person's end.</summary>
    /// <param name="version">Null: whatever it is now (the command line).</param>
    public async Task<UserWrite> ChangeAsync(long id, int? version, ChangeUser change, string actor, CancellationToken cancel)
    {
        if (!Enum.IsDefined(change.Role)) return new UserWrite(WriteOutcome.WrongState, id, "A role is Viewer, Operator or Admin.");
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        // All administrators, always in the same order: of two who take each other's role away, one comes second and sees it.
        var admins = await Sql.QueryAsync(connection, "select id from app_user where role = 'Admin' and disabled_at is null and password_hash is not null order by id for update", [], r => r.GetInt64(0), cancel);
        if (await Sql.QueryAsync(connection, "select name, role, disabled_at is not null, version from app_user where id = $1 for update", [id],
            r => (Name: r.GetString(0), Role: Enum.Parse<UserRole>(r.GetString(1)), Disabled: r.GetBoolean(2), Version: r.GetInt32(3)), cancel) is not [var before]) return new UserWrite(WriteOutcome.NotFound, id);
        if (version is { } seen && seen != before.Version) return new UserWrite(WriteOutcome.VersionConflict, id);
        if (admins is [var last] && last == id && (change.IsDisabled || change.Role != UserRole.Admin))
            return new UserWrite(WriteOutcome.WrongState, id, $"{before.Name} is the last administrator who can sign in. Make somebody else one first.");
        await Sql.ExecuteAsync(connection, """
            update app_user set role = $2, disabled_at = case when $3 then coalesce(disabled_at, now()) end, version = version + 1,
                invitation_hash = case when $3 then null else invitation_hash end, invitation_ends = case when $3 then null else invitation_ends end where id = $1
            """, [id, change.Role.ToString(), change.IsDisabled], cancel);
        if (change.IsDisabled) await SessionStore.EndAllAsync(connection, id, null, cancel);
        if (change.Role != before.Role) await AuditLine.WriteAsync(connection, actor, "user.role", "user", id, $"{before.Name}: {before.Role} became {change.Role}.", cancel);
        if (change.IsDisabled != before.Disabled)
            await AuditLine.WriteAsync(connection, actor, change.IsDisabled ? "user.disable" : "user.enable", "user", id, change.IsDisabled ? $"Disabled {before.Name}; all sessions ended." : $"Enabled {before.Name}.", cancel);
        await transaction.CommitAsync(cancel);
        return new UserWrite(WriteOutcome.Done, id);
    }

    /// <summary>A person changes the own password; the session that asks goes on, the others end.</summary>
    /// <returns>Null, or what to change.</returns>
    public async Task<string?> ChangePasswordAsync(long id, ChangePassword change, string? session, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        if (await Sql.QueryAsync(connection, "select name, password_hash from app_user where id = $1", [id], r => (Name: r.GetString(0), Hash: r.IsDBNull(1) ? null : r.GetString(1)), cancel) is not [var user]) return "There is no such account.";
        if (!await passwords.IsRightAsync(user.Hash, change.Old, cancel))
        {
            await AuditLine.WriteAsync(connection, user.Name, "sign-in.failed", "user", id, "Gave a wrong old password when changing it.", cancel);
            return "The old password is wrong.";
        }
        if (Passwords.Problem(change.New, user.Name) is { } weak) return weak;
        return await SetAsync(connection, id, user.Name, change.New, "Changed the own password.", session, cancel) ? null : "There is no such account.";
    }

    /// <summary>Sets a password for somebody, as who runs the machine may. Ends all sessions of the person.</summary>
    public async Task<UserWrite> SetPasswordAsync(long id, string password, string actor, CancellationToken cancel)
    {
        if (await FindAsync(id, cancel) is not { } user) return new UserWrite(WriteOutcome.NotFound, id);
        if (Passwords.Problem(password, user.Name) is { } weak) return new UserWrite(WriteOutcome.WrongState, id, weak);
        await using var connection = await source.OpenConnectionAsync(cancel);
        return await SetAsync(connection, id, actor, password, $"Set a new password for {user.Name}.", null, cancel) ? new UserWrite(WriteOutcome.Done, id) : new UserWrite(WriteOutcome.NotFound, id);
    }

    private async Task<bool> SetAsync(NpgsqlConnection connection, long id, string actor, string password, string detail, string? but, CancellationToken cancel)
    {
        var hash = await passwords.HashAsync(password, cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        if (await Sql.ExecuteAsync(connection, "update app_user set password_hash = $2, password_at = now(), invitation_hash = null, invitation_ends = null, version = version + 1 where id = $1", [id, hash], cancel) == 0) return false;
        await SignInDesk.ChosenAsync(connection, id, actor, "user.password", detail, cancel, but);
        await transaction.CommitAsync(cancel);
        return true;
    }

    private async Task<string> InviteAsync(NpgsqlConnection connection, long id, CancellationToken cancel)
    {
        var invitation = Tokens.New(Tokens.Invitation);
        await Sql.ExecuteAsync(connection, "update app_user set invitation_hash = $2, invitation_ends = now() + $3 where id = $1", [id, ApiKey.HashOf(invitation), options.Invitation], cancel);
        return invitation;
    }

    private static UserView Read(NpgsqlDataReader row) => new(row.GetInt64(0), row.GetString(1), Enum.Parse<UserRole>(row.GetString(2)), row.GetBoolean(3), row.GetBoolean(4), row.GetFieldValue<DateTimeOffset>(5),
        row.GetString(6), Instant(row, 7), row.GetInt32(8), Instant(row, 9), Instant(row, 10), row.GetInt32(11));

    private static DateTimeOffset? Instant(NpgsqlDataReader row, int at) => row.IsDBNull(at) ? null : row.GetFieldValue<DateTimeOffset>(at);
}
