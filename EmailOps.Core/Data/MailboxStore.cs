using System.Globalization;
using EmailOps.Core.Contracts;
using EmailOps.Core.Mailboxes;
using EmailOps.Core.Messages;
using Npgsql;

namespace EmailOps.Core.Data;

/// <summary>How saving a mailbox ended.</summary>
/// <param name="Id">Of the mailbox; with <see cref="WriteOutcome.WrongState"/> of the one that stands in the way, or 0.</param>
/// <param name="Problem">With <see cref="WriteOutcome.WrongState"/>: what stands in the way.</param>
internal readonly record struct MailboxWrite(WriteOutcome Outcome, long Id, string? Problem = null);

/// <summary>
/// Mailboxes and how they are read and answered from. Writes are conditional on the version, leave an audit entry without secrets, and tell
/// the worker's loops (<see cref="Channel"/>, payload: the id) and open consoles, all in one transaction.
/// </summary>
internal sealed class MailboxStore(NpgsqlDataSource source, SecretBox box, TimeProvider clock)
{
    public const string Channel = "emailops_mailbox";

    private const string Columns = """
        select m.id, m.address, m.name, m.settings, exists (select from secret where name = 'mailbox/' || m.id || '/imap'),
            exists (select from secret where name = 'mailbox/' || m.id || '/smtp'), m.is_enabled, m.version, m.from_environment
        from mailbox m
        """;

    public async Task<IReadOnlyList<MailboxSetup>> ListAsync(CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        return await Sql.QueryAsync(connection, $"{Columns} order by m.id", [], Read, cancel);
    }

    /// <returns>Null when there is none.</returns>
    public async Task<MailboxSetup?> FindAsync(long id, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        return await FindAsync(connection, id, cancel);
    }

    /// <returns>Null when there is none.</returns>
    public async Task<MailboxSetup?> FindAsync(string address, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        return (await Sql.QueryAsync(connection, $"{Columns} where m.address = $1", [MailboxAddress.Normal(address)], Read, cancel)).SingleOrDefault();
    }

    /// <summary>Makes a mailbox. What is saved must have no <see cref="MailboxRules.Problem(SaveMailbox)"/>.</summary>
    public async Task<MailboxWrite> CreateAsync(string actor, SaveMailbox mailbox, CancellationToken cancel, IReadOnlyList<string>? fromEnvironment = null)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var address = MailboxAddress.Normal(mailbox.Address);
        var made = await Sql.QueryAsync(connection, """
            insert into mailbox (address, name, settings, is_enabled, from_environment, created_at) values ($1, $2, $3::jsonb, $4, $5, $6) on conflict (address) do nothing returning id
            """, [address, NameOf(mailbox), Sql.Json(mailbox.Settings), mailbox.IsEnabled, Array(fromEnvironment), clock.GetUtcNow()], r => r.GetInt64(0), cancel);
        if (made is not [var id])
        {
            var other = await Sql.QueryAsync(connection, "select id from mailbox where address = $1", [address], r => r.GetInt64(0), cancel);
            return new MailboxWrite(WriteOutcome.WrongState, other.FirstOrDefault(), $"There is a mailbox {address} already. Change its settings instead.");
        }
        await SaveSecretsAsync(connection, id, mailbox, cancel);
        await TellAsync(connection, id, actor, "mailbox.create", $"Made the mailbox {address}: {MailboxChanges.Between(null, mailbox)}", cancel);
        await transaction.CommitAsync(cancel);
        return new MailboxWrite(WriteOutcome.Done, id);
    }

    /// <summary>Saves over the version that was read. What is saved must have no <see cref="MailboxRules.Problem(SaveMailbox)"/>.</summary>
    /// <param name="fromEnvironment">Null: as before, and what comes from the environment must not be changed.</param>
    public async Task<MailboxWrite> SaveAsync(long id, int version, string actor, SaveMailbox mailbox, CancellationToken cancel, IReadOnlyList<string>? fromEnvironment = null)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var before = (await Sql.QueryAsync(connection, $"{Columns} where m.id = $1 for update", [id], Read, cancel)).SingleOrDefault();
        if (before is null) return new MailboxWrite(WriteOutcome.NotFound, id);
        if (before.Version != version) return new MailboxWrite(WriteOutcome.VersionConflict, id);
        if (fromEnvironment is null && EnvironmentMailbox.Overruled(before, mailbox) is { } overruled) return new MailboxWrite(WriteOutcome.WrongState, id, overruled);
        if (fromEnvironment is null && MailboxSecrets.Moved(before, mailbox) is { } moved) return new MailboxWrite(WriteOutcome.WrongState, id, moved);
        var address = MailboxAddress.Normal(mailbox.Address);
        mailbox = mailbox with { Settings = mailbox.Settings with { Reply = Said(mailbox.Settings.Reply ?? before.Settings.Reply) } };
        try
        {
            await Sql.ExecuteAsync(connection, """
                update mailbox set address = $2, name = $3, settings = $4::jsonb, is_enabled = $5, from_environment = $6, version = version + 1 where id = $1
                """, [id, address, NameOf(mailbox), Sql.Json(mailbox.Settings), mailbox.IsEnabled, Array(fromEnvironment ?? before.FromEnvironment)], cancel);
        }
        catch (PostgresException taken) when (taken.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            return new MailboxWrite(WriteOutcome.WrongState, 0, $"There is another mailbox {address}.");
        }
        await SaveSecretsAsync(connection, id, mailbox, cancel);
        await TellAsync(connection, id, actor, "mailbox.change", $"{address}: {MailboxChanges.Between(before, mailbox)}", cancel);
        await transaction.CommitAsync(cancel);
        return new MailboxWrite(WriteOutcome.Done, id);
    }

    /// <summary>The sealed secret, for <see cref="MailboxAccess"/>; null when none is stored.</summary>
    public async Task<byte[]?> SecretAsync(string name, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        return (await Sql.QueryAsync(connection, "select sealed from secret where name = $1", [name], r => r.GetFieldValue<byte[]>(0), cancel)).SingleOrDefault();
    }

    public static string SecretName(long mailbox, string service) => string.Create(CultureInfo.InvariantCulture, $"mailbox/{mailbox}/{service}");

    private async Task SaveSecretsAsync(NpgsqlConnection connection, long id, SaveMailbox mailbox, CancellationToken cancel)
    {
        foreach (var (service, secret) in ((string, string?)[])[("imap", mailbox.ImapSecret), ("smtp", mailbox.SmtpSecret)])
        {
            if (secret is null) continue;
            var name = SecretName(id, service);
            if (secret.Length == 0) await Sql.ExecuteAsync(connection, "delete from secret where name = $1", [name], cancel);
            else await Sql.ExecuteAsync(connection, "insert into secret (name, sealed, updated_at) values ($1, $2, $3) on conflict (name) do update set sealed = excluded.sealed, updated_at = excluded.updated_at",
                [name, box.Seal(name, secret), clock.GetUtcNow()], cancel);
        }
    }

    private async Task TellAsync(NpgsqlConnection connection, long id, string actor, string action, string detail, CancellationToken cancel)
    {
        await Sql.ExecuteAsync(connection, "insert into audit_entry (at, actor, action, subject_kind, subject_id, detail) values ($1, $2, $3, 'mailbox', $4, $5)",
            [clock.GetUtcNow(), actor, action, id, StoredText.Clean(detail)], cancel);
        await Hints.SendAsync(connection, Channel, id.ToString(CultureInfo.InvariantCulture), cancel);
        await LiveEvents.AnnounceAsync(connection, "mailbox", id, cancel);
    }

    private static async Task<MailboxSetup?> FindAsync(NpgsqlConnection connection, long id, CancellationToken cancel)
        => (await Sql.QueryAsync(connection, $"{Columns} where m.id = $1", [id], Read, cancel)).SingleOrDefault();

    private static MailboxSetup Read(NpgsqlDataReader row) => new(row.GetInt64(0), row.GetString(1), row.GetString(2),
        row.IsDBNull(3) ? new MailboxSettings() : Sql.FromJson<MailboxSettings>(row.GetString(3)), row.GetBoolean(4), row.GetBoolean(5), row.GetBoolean(6), row.GetInt32(7), row.GetFieldValue<string[]>(8));

    /// <summary>Words that say nothing are none.</summary>
    private static ReplySettings? Said(ReplySettings? reply) => reply is null or { Team: null or "", Signature: null or "", Languages.Count: 0 } ? null : reply;

    private static string NameOf(SaveMailbox mailbox) => string.IsNullOrWhiteSpace(mailbox.Name) ? MailboxAddress.Normal(mailbox.Address) : StoredText.Clean(mailbox.Name.Trim());

    private static string[] Array(IReadOnlyList<string>? names) => names is null ? [] : [.. names];
}
