using EmailOps.Core.Mailboxes;
using Npgsql;

namespace EmailOps.Core.Data;

/// <summary>Seals every stored secret anew with another key, in one transaction: all of them or none.</summary>
internal sealed class SecretsRotation(NpgsqlDataSource source, SecretBox box, TimeProvider clock)
{
    /// <summary>In <c>installation</c>: when the key was last changed.</summary>
    public const string RotatedAt = "secrets-key-rotated-at";

    /// <param name="fresh">The key that is to open them from now on.</param>
    /// <param name="actor">For the audit log.</param>
    /// <param name="cancel">Gives up; nothing has changed then.</param>
    /// <returns>How many secrets there are.</returns>
    /// <exception cref="SecretsKeyException">One of them cannot be opened with the key at hand; nothing has changed.</exception>
    public async Task<int> RunAsync(SecretsKey fresh, string actor, CancellationToken cancel)
    {
        var to = new SecretBox(fresh);
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        // Who saves a password meanwhile waits, and is sealed by whatever key its process then has; both are kept for opening.
        await Sql.ExecuteAsync(connection, "lock table secret in share row exclusive mode", [], cancel);
        var secrets = await Sql.QueryAsync(connection, "select name, sealed from secret order by name", [], r => (Name: r.GetString(0), Sealed: r.GetFieldValue<byte[]>(1)), cancel);
        var renewed = secrets.ConvertAll(s => to.Seal(s.Name, box.Open(s.Name, s.Sealed)));
        await Sql.ExecuteAsync(connection, "update secret s set sealed = n.sealed, updated_at = $3 from unnest($1::text[], $2::bytea[]) n (name, sealed) where s.name = n.name",
            [secrets.Select(s => s.Name).ToArray(), renewed.ToArray(), clock.GetUtcNow()], cancel);
        await Sql.ExecuteAsync(connection, "insert into installation (key, value) values ($1, $2) on conflict (key) do update set value = excluded.value", [RotatedAt, clock.GetUtcNow().ToString("O")], cancel);
        await Sql.ExecuteAsync(connection, "insert into audit_entry (at, actor, action, subject_kind, subject_id, detail) values ($1, $2, 'secrets.rotate', 'installation', 0, $3)", [clock.GetUtcNow(), actor, $"Sealed {secrets.Count} stored secrets with a new key."], cancel);
        await transaction.CommitAsync(cancel);
        return secrets.Count;
    }
}
