using System.Globalization;
using EmailOps.Core.Contracts;
using EmailOps.Core.Mailboxes;
using EmailOps.Core.Mailboxes.OAuth;
using EmailOps.Core.Messages;
using Npgsql;

namespace EmailOps.Core.Data;

/// <summary>What a mailbox's owner consented to, and how it stands.</summary>
/// <param name="RefreshUntil">When the consent ends by itself; null: the provider names no end.</param>
/// <param name="FailedAt">Since when the provider refuses; null: it does not.</param>
internal sealed record Grant(long MailboxId, string Address, MailboxProvider Provider, string Account, string Scopes, DateTimeOffset GrantedAt, string GrantedBy,
    DateTimeOffset? RefreshedAt, DateTimeOffset? AccessUntil, DateTimeOffset? RefreshUntil, DateTimeOffset? FailedAt, string? Problem);

/// <summary>Consents of mailbox owners. The refresh token lies sealed among the secrets; every change leaves an audit entry and wakes the mailbox's loop.</summary>
internal sealed class GrantStore(NpgsqlDataSource source, MailboxStore mailboxes, SecretBox box, TimeProvider clock)
{
    public const string Service = "oauth";
    private const string Columns = "g.mailbox_id, b.address, g.provider, g.account, g.scopes, g.granted_at, g.granted_by, g.refreshed_at, g.access_until, g.refresh_until, g.failed_at, g.problem";

    public async Task<Grant?> FindAsync(long mailboxId, CancellationToken cancel) => (await ListAsync("g.mailbox_id = $1", [mailboxId], cancel)).SingleOrDefault();

    public Task<List<Grant>> AllAsync(CancellationToken cancel) => ListAsync("true", [], cancel);

    /// <returns>The refresh token; null when there is none.</returns>
    /// <exception cref="SecretsKeyException">It cannot be opened; says what to do.</exception>
    public async Task<string?> RefreshTokenAsync(long mailboxId, CancellationToken cancel)
    {
        var name = MailboxStore.SecretName(mailboxId, Service);
        return await mailboxes.SecretAsync(name, cancel) is { } kept ? box.Open(name, kept) : null;
    }

    /// <summary>A person consented: what was there before is forgotten.</summary>
    public async Task SaveAsync(long mailboxId, MailboxProvider provider, string account, string scopes, TokenAnswer tokens, string actor, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await SealAsync(connection, mailboxId, tokens.RefreshToken!, now, cancel);
        await Sql.ExecuteAsync(connection, """
            insert into oauth_grant (mailbox_id, provider, account, scopes, granted_at, granted_by, refreshed_at, access_until, refresh_until) values ($1, $2, $3, $4, $5, $6, $5, $7, $8)
            on conflict (mailbox_id) do update set provider = $2, account = $3, scopes = $4, granted_at = $5, granted_by = $6, refreshed_at = $5, access_until = $7, refresh_until = $8, failed_at = null, problem = null
            """, [mailboxId, provider.ToString(), Clean(account), Clean(scopes), now, actor, now + tokens.ExpiresIn, tokens.RefreshExpiresIn is { } left ? now + left : null], cancel);
        await TellAsync(connection, mailboxId, actor, "mailbox.grant", $"Signed in at {provider} as {Clean(account)}.", cancel);
        await transaction.CommitAsync(cancel);
    }

    /// <summary>An access token was given; with it maybe another refresh token, which then is the one that counts.</summary>
    public async Task RefreshedAsync(long mailboxId, TokenAnswer tokens, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        if (tokens.RefreshToken is { Length: > 0 } renewed) await SealAsync(connection, mailboxId, renewed, now, cancel);
        await Sql.ExecuteAsync(connection, "update oauth_grant set refreshed_at = $2, access_until = $3, refresh_until = coalesce($4, refresh_until), failed_at = null, problem = null where mailbox_id = $1",
            [mailboxId, now, now + tokens.ExpiresIn, tokens.RefreshExpiresIn is { } left ? now + left : null], cancel);
        await transaction.CommitAsync(cancel);
    }

    /// <summary>The provider refuses the consent. Said once in the audit, and shown until somebody signs in again.</summary>
    public async Task FailedAsync(long mailboxId, string problem, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var first = await Sql.ExecuteAsync(connection, "update oauth_grant set failed_at = $2, problem = $3 where mailbox_id = $1 and failed_at is null", [mailboxId, clock.GetUtcNow(), Clean(problem)], cancel) > 0;
        if (first)
        {
            await Sql.ExecuteAsync(connection, "insert into audit_entry (at, actor, action, subject_kind, subject_id, detail) values ($1, 'emailops', 'mailbox.grant.refused', 'mailbox', $2, $3)", [clock.GetUtcNow(), mailboxId, Clean(problem)], cancel);
            await LiveEvents.AnnounceAsync(connection, "mailbox", mailboxId, cancel);
        }
        await transaction.CommitAsync(cancel);
    }

    private async Task SealAsync(NpgsqlConnection connection, long mailboxId, string refreshToken, DateTimeOffset now, CancellationToken cancel)
    {
        var name = MailboxStore.SecretName(mailboxId, Service);
        await Sql.ExecuteAsync(connection, "insert into secret (name, sealed, updated_at) values ($1, $2, $3) on conflict (name) do update set sealed = excluded.sealed, updated_at = excluded.updated_at", [name, box.Seal(name, refreshToken), now], cancel);
    }

    private async Task TellAsync(NpgsqlConnection connection, long mailboxId, string actor, string action, string detail, CancellationToken cancel)
    {
        await Sql.ExecuteAsync(connection, "insert into audit_entry (at, actor, action, subject_kind, subject_id, detail) values ($1, $2, $3, 'mailbox', $4, $5)", [clock.GetUtcNow(), actor, action, mailboxId, detail], cancel);
        // Another version of the settings: the loop that waits after a refusal starts anew.
        await Sql.ExecuteAsync(connection, "update mailbox set version = version + 1 where id = $1", [mailboxId], cancel);
        await Hints.SendAsync(connection, MailboxStore.Channel, mailboxId.ToString(CultureInfo.InvariantCulture), cancel);
        await LiveEvents.AnnounceAsync(connection, "mailbox", mailboxId, cancel);
    }

    private async Task<List<Grant>> ListAsync(string which, object?[] values, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        return await Sql.QueryAsync(connection, $"select {Columns} from oauth_grant g join mailbox b on b.id = g.mailbox_id where {which} order by g.mailbox_id", values, r => new Grant(r.GetInt64(0), r.GetString(1),
            Enum.Parse<MailboxProvider>(r.GetString(2)), r.GetString(3), r.GetString(4), r.GetFieldValue<DateTimeOffset>(5), r.GetString(6), At(r, 7), At(r, 8), At(r, 9), At(r, 10), r.IsDBNull(11) ? null : r.GetString(11)), cancel);
    }

    private static DateTimeOffset? At(NpgsqlDataReader r, int column) => r.IsDBNull(column) ? null : r.GetFieldValue<DateTimeOffset>(column);

    private static string Clean(string text) => StoredText.Clean(StoredText.Cut(text, 1000));
}
