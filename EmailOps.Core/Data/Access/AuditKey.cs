using System.Security.Cryptography;
using EmailOps.Core.Mailboxes;
using Npgsql;

namespace EmailOps.Core.Data.Access;

/// <summary>
/// What the chain is made with: random, made once, and sealed like passwords. Who can write the tables but has not the installation's key cannot make a chain that holds.
/// It is a stored secret as others are, so a change of SECRETS_KEY leaves it, and the chain, as they are.
/// </summary>
internal sealed class AuditKey(SecretBox box)
{
    public const string Name = "audit/chain";
    private const int Bytes = 32;
    private byte[]? _key;

    /// <exception cref="SecretsKeyException">There is no key to open it with, or the wrong one; the message says what to do.</exception>
    public async Task<byte[]> GetAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        if (_key is not null) return _key;
        if (await StoredAsync() is not { } stored)
        {
            await Sql.ExecuteAsync(connection, "insert into secret (name, sealed, updated_at) values ($1, $2, now()) on conflict (name) do nothing",
                [Name, box.Seal(Name, Convert.ToBase64String(RandomNumberGenerator.GetBytes(Bytes)))], cancel);
            stored = (await StoredAsync())!;
        }
        return _key = Convert.FromBase64String(box.Open(Name, stored));

        async Task<byte[]?> StoredAsync() => (await Sql.QueryAsync(connection, "select sealed from secret where name = $1", [Name], r => r.GetFieldValue<byte[]>(0), cancel)).SingleOrDefault();
    }
}
