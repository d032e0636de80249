using EmailOps.Core.Contracts;
using EmailOps.Core.Messages;
using Npgsql;

namespace EmailOps.Core.Data;

/// <param name="FailedAt">Since when the provider gives no token; null: it does.</param>
internal sealed record SignInState(long MailboxId, string Address, DateTimeOffset? OkAt, DateTimeOffset? AccessUntil, DateTimeOffset? FailedAt, string? Problem);

/// <summary>How asking providers for access tokens goes, for all processes to see.</summary>
internal sealed class SignInStore(NpgsqlDataSource source, TimeProvider clock)
{
    public Task WorkedAsync(long mailboxId, MailboxProvider provider, DateTimeOffset until, CancellationToken cancel) => ExecuteAsync("""
        insert into provider_sign_in (mailbox_id, provider, ok_at, access_until) select $1, $2, $3, $4 where exists (select from mailbox where id = $1)
        on conflict (mailbox_id, provider) do update set ok_at = $3, access_until = $4, failed_at = null, problem = null
        """, [mailboxId, provider.ToString(), clock.GetUtcNow(), until], cancel);

    public Task FailedAsync(long mailboxId, MailboxProvider provider, string problem, CancellationToken cancel) => ExecuteAsync("""
        insert into provider_sign_in (mailbox_id, provider, failed_at, problem) select $1, $2, $3, $4 where exists (select from mailbox where id = $1)
        on conflict (mailbox_id, provider) do update set failed_at = coalesce(provider_sign_in.failed_at, $3), problem = $4
        """, [mailboxId, provider.ToString(), clock.GetUtcNow(), StoredText.Clean(StoredText.Cut(problem, 1000))], cancel);

    /// <summary>Of enabled mailboxes that are read by the provider, or may be.</summary>
    public async Task<List<SignInState>> AllAsync(MailboxProvider provider, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        return await Sql.QueryAsync(connection, """
            select b.id, b.address, s.ok_at, s.access_until, s.failed_at, s.problem from mailbox b left join provider_sign_in s on s.mailbox_id = b.id and s.provider = $1
            where b.is_enabled and (b.settings ->> 'provider' = $1 or b.settings ->> 'fallback' = $1) order by b.id
            """, [provider.ToString()], r => new SignInState(r.GetInt64(0), r.GetString(1), At(r, 2), At(r, 3), At(r, 4), r.IsDBNull(5) ? null : r.GetString(5)), cancel);
    }

    private async Task ExecuteAsync(string sql, object?[] values, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await Sql.ExecuteAsync(connection, sql, values, cancel);
    }

    private static DateTimeOffset? At(NpgsqlDataReader r, int column) => r.IsDBNull(column) ? null : r.GetFieldValue<DateTimeOffset>(column);
}
