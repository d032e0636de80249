using EmailOps.Core.Contracts;
using EmailOps.Core.Mailboxes;
using EmailOps.Core.Mailboxes.OAuth;
using EmailOps.Core.Mailboxes.Remote;
using Npgsql;

namespace EmailOps.Core.Data;

/// <summary>Our registrations at providers: what settings name, else what somebody stored, sealed.</summary>
internal sealed class OAuthClients(IEnumerable<IOAuthSource> sources, NpgsqlDataSource source, MailboxStore mailboxes, SecretBox box, TimeProvider clock)
{
    private readonly Dictionary<MailboxProvider, IOAuthSource> _sources = sources.ToDictionary(s => s.Provider);

    /// <exception cref="RemoteException">There is no registration, or the provider has no OAuth.</exception>
    /// <param name="address">Of the mailbox that is opened; null: of none in particular.</param>
    public async Task<OAuthClient> FindAsync(MailboxProvider provider, CancellationToken cancel, string? address = null)
    {
        var of = Of(provider);
        var keys = of.Configured ?? (await StoredAsync(provider, "client-id", cancel) is { } id ? new OAuthKeys(id, await StoredAsync(provider, "client-secret", cancel)) : null);
        return of.Client(keys ?? throw new RemoteException(RemoteFailure.Forbidden, $"This EmailOps is not registered at {provider} yet. {of.HowToRegister}"), address);
    }

    public IOAuthSource Of(MailboxProvider provider) => _sources.GetValueOrDefault(provider) ?? throw new RemoteException(RemoteFailure.Refused, $"{provider} mailboxes have no sign-in at a provider.");

    /// <summary>Stores a registration; what settings name wins over it.</summary>
    public async Task SaveAsync(MailboxProvider provider, OAuthKeys keys, string actor, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        foreach (var (what, value) in ((string, string?)[])[("client-id", keys.ClientId), ("client-secret", keys.ClientSecret)])
        {
            var name = Name(provider, what);
            if (value is null) await Sql.ExecuteAsync(connection, "delete from secret where name = $1", [name], cancel);
            else await Sql.ExecuteAsync(connection, "insert into secret (name, sealed, updated_at) values ($1, $2, $3) on conflict (name) do update set sealed = excluded.sealed, updated_at = excluded.updated_at", [name, box.Seal(name, value), clock.GetUtcNow()], cancel);
        }
        await Sql.ExecuteAsync(connection, "insert into audit_entry (at, actor, action, subject_kind, subject_id, detail) values ($1, $2, 'provider.client', 'provider', 0, $3)", [clock.GetUtcNow(), actor, $"Stored the registration at {provider}."], cancel);
        await transaction.CommitAsync(cancel);
    }

    private async Task<string?> StoredAsync(MailboxProvider provider, string what, CancellationToken cancel)
        => await mailboxes.SecretAsync(Name(provider, what), cancel) is { } kept ? box.Open(Name(provider, what), kept) : null;

    private static string Name(MailboxProvider provider, string what) => $"provider/{provider.ToString().ToLowerInvariant()}/{what}";
}
