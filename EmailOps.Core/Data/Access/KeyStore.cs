using EmailOps.Core.Audit;
using EmailOps.Core.Contracts;
using Npgsql;

namespace EmailOps.Core.Data.Access;

/// <param name="Problem">What to change; null when it was done.</param>
internal sealed record KeyWrite(KeyAdded? Added, string? Problem = null);

/// <summary>Keys of programs to the Api.</summary>
internal sealed class KeyStore(NpgsqlDataSource source)
{
    public const int LongestName = 60;
    /// <summary>Time enough to put a new key in place of one that ends.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromDays(14);
    private const string Columns = "id, name, scope, created_at, expires_at, revoked_at, revoked_at is null and expires_at between now() and now() + ";

    public async Task<IReadOnlyList<KeyView>> AllAsync(CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        return await Sql.QueryAsync(connection, $"select {Columns} $1 from api_key order by revoked_at is not null, name", [Soon], Read, cancel);
    }

    public async Task<KeyWrite> AddAsync(AddKey key, string actor, CancellationToken cancel)
    {
        if (string.IsNullOrWhiteSpace(key.Name) || key.Name.Length > LongestName || key.Name.Any(char.IsControl)) return new KeyWrite(null, $"A key has a name of at most {LongestName} characters: who uses it.");
        if (!ApiKey.Scopes.Contains(key.Scope)) return new KeyWrite(null, "The scope is read, operate or admin.");
        if (key.Days is < 1 or > 36_500) return new KeyWrite(null, "Days must be between 1 and 36500.");
        var secret = ApiKey.NewSecret();
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var made = await Sql.QueryAsync(connection, $"""
            insert into api_key (name, hash, scope, created_at, expires_at) values ($2, $3, $4, now(), now() + $5 * interval '1 day') on conflict (name) do nothing returning {Columns} $1
            """, [Soon, key.Name.Trim(), ApiKey.HashOf(secret), key.Scope, (double?)key.Days ?? (object)DBNull.Value], Read, cancel);
        if (made is not [var view]) return new KeyWrite(null, $"There is a key named {key.Name} already. Revoke it or choose another name.");
        await AuditLine.WriteAsync(connection, actor, "key.create", "key", view.Id, $"Made the key {view.Name} with scope {view.Scope}, {(view.ExpiresAt is { } ends ? $"until {ends:yyyy-MM-dd}" : "without an end")}.", cancel);
        await transaction.CommitAsync(cancel);
        return new KeyWrite(new KeyAdded(view, secret));
    }

    /// <returns>Null: there is none that could be revoked.</returns>
    public Task<KeyView?> RevokeAsync(long id, string actor, CancellationToken cancel) => RevokeAsync("id = $2", id, actor, cancel);

    /// <inheritdoc cref="RevokeAsync(long, string, CancellationToken)"/>
    public Task<KeyView?> RevokeAsync(string name, string actor, CancellationToken cancel) => RevokeAsync("name = $2", name, actor, cancel);

    private async Task<KeyView?> RevokeAsync(string which, object value, string actor, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        if (await Sql.QueryAsync(connection, $"update api_key set revoked_at = now() where {which} and revoked_at is null returning {Columns} $1", [Soon, value], Read, cancel) is not [var view]) return null;
        await AuditLine.WriteAsync(connection, actor, "key.revoke", "key", view.Id, $"Revoked the key {view.Name}.", cancel);
        await transaction.CommitAsync(cancel);
        return view;
    }

    private static KeyView Read(NpgsqlDataReader row) => new(row.GetInt64(0), row.GetString(1), row.GetString(2), row.GetFieldValue<DateTimeOffset>(3),
        row.IsDBNull(4) ? null : row.GetFieldValue<DateTimeOffset>(4), row.IsDBNull(5) ? null : row.GetFieldValue<DateTimeOffset>(5), !row.IsDBNull(6) && row.GetBoolean(6));
}
