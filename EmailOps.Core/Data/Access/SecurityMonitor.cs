using EmailOps.Core.Contracts;
using EmailOps.Core.Mailboxes;
using Microsoft.Extensions.Configuration;
using Npgsql;

namespace EmailOps.Core.Data.Access;

/// <summary>
/// Looks for what is dangerous now: guessing at passwords, people who come from elsewhere than before, secrets that lie open, certificates that end, an audit that
/// does not hold. Findings have the fields of alert records; whoever sends alerts asks here. Cheap enough for once a minute.
/// </summary>
internal sealed class SecurityMonitor(NpgsqlDataSource source, AuditChain chain, IConfiguration configuration, TimeProvider clock)
{
    /// <summary>More failed sign-ins than this in an hour are somebody guessing.</summary>
    public const int FailedSignIns = 10;
    private static readonly TimeSpan SealedWithin = TimeSpan.FromMinutes(10);
    private const int CertificateWarning = 21, CertificateCritical = 3;

    /// <returns>Worst first; empty: nothing.</returns>
    public async Task<IReadOnlyList<SecurityFinding>> FindAsync(CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        List<SecurityFinding> found =
        [
            .. await SignInsAsync(connection, cancel), .. await UnusualAsync(connection, cancel), .. await SecretsAsync(connection, cancel), .. OpenFiles(), .. Wire(),
            .. await CertificatesAsync(connection, cancel), .. await KeysAsync(connection, cancel), .. Chain(await chain.ViewAsync(cancel)),
        ];
        return [.. found.OrderByDescending(f => f.Severity)];
    }

    private static async Task<IEnumerable<SecurityFinding>> SignInsAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        var failed = (await Sql.QueryAsync(connection, "select count(*), count(distinct actor) from audit_entry where action = 'sign-in.failed' and at > now() - interval '1 hour'", [], r => (Count: r.GetInt64(0), Names: r.GetInt64(1)), cancel)).Single();
        return failed.Count > FailedSignIns
            ? [Of(AlertSeverity.Warning, "sign-in", "ManyFailedSignIns", "", $"{failed.Count} failed sign-ins in the last hour. Somebody may be guessing passwords; the audit shows from where.", ("failed", failed.Count), ("names", failed.Names))]
            : [];
    }

    private static async Task<IEnumerable<SecurityFinding>> UnusualAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        var elsewhere = await Sql.QueryAsync(connection, """
            select u.name, n.address from user_address n join app_user u on u.id = n.user_id
            where n.first_at > now() - interval '1 day' and exists (select from user_address o where o.user_id = n.user_id and o.first_at < n.first_at) order by n.first_at desc limit 20
            """, [], r => (Name: r.GetString(0), Address: r.GetString(1)), cancel);
        var admins = await Sql.QueryAsync(connection, "select actor, detail from audit_entry where action in ('user.create', 'user.role') and detail like '%dmin%' and at > now() - interval '1 day' order by id desc limit 20", [], r => (By: r.GetString(0), What: r.GetString(1)), cancel);
        return
        [
            .. elsewhere.Select(e => Of(AlertSeverity.Info, "access", "UnusualAccess", e.Name, $"{e.Name} signed in from an address not seen before.", ("user", e.Name), ("address", e.Address))),
            .. admins.Select(a => Of(AlertSeverity.Info, "access", "NewAdministrator", a.What, $"Somebody became an administrator: {a.What}", ("by", a.By))),
        ];
    }

    /// <summary>Every stored secret must be a sealed box; so must what settings of mailboxes hold be none.</summary>
    private static async Task<IEnumerable<SecurityFinding>> SecretsAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        var open = await Sql.QueryAsync(connection, $"select name from secret where length(sealed) < {SecretBox.LeastBytes} or get_byte(sealed, 0) <> {SecretBox.Version} order by name limit 20", [], r => r.GetString(0), cancel);
        var users = await Sql.QueryAsync(connection, "select name from app_user where password_hash is not null and (length(password_hash) < 60 or password_hash !~ '^[A-Za-z0-9+/]+=*$') limit 20", [], r => r.GetString(0), cancel);
        return
        [
            .. open.Select(name => Of(AlertSeverity.Critical, "secrets", "SecretNotEncrypted", name, $"The stored secret {name} is not encrypted. Enter it again, and change it where it is used.", ("secret", name))),
            .. users.Select(name => Of(AlertSeverity.Critical, "secrets", "PasswordNotHashed", name, $"The password of {name} is not hashed. Make an invitation for a new one.", ("user", name))),
        ];
    }

    /// <summary>Files with keys that others on the machine may read.</summary>
    private IEnumerable<SecurityFinding> OpenFiles()
    {
        const UnixFileMode others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;
        if (OperatingSystem.IsWindows() || configuration["STATE_DIR"] is not { Length: > 0 } state) yield break;
        foreach (var name in (string[])[SecretsKey.FileName, "api-key", ".env"])
            if (new FileInfo(Path.Combine(state, name)) is { Exists: true } file && (file.UnixFileMode & others) != 0)
                yield return Of(AlertSeverity.Critical, "secrets", "SecretFileOpen", file.FullName, $"{file.FullName} may be read by others on this machine. Run: chmod 600 {file.FullName}", ("file", file.FullName), ("mode", file.UnixFileMode));
        if (new DirectoryInfo(Path.Combine(state, "keys")) is { Exists: true } old && old.EnumerateFiles("key-*.xml").Any())
            yield return Of(AlertSeverity.Warning, "secrets", "OldCookieKeys", old.FullName, $"{old.FullName} holds keys of an earlier version that sealed cookies. Nothing uses them any more: delete the folder.", ("folder", old.FullName));
    }

    /// <summary>Passwords that cross a network in plain text.</summary>
    private IEnumerable<SecurityFinding> Wire()
    {
        if (configuration["WEB_PUBLIC_URL"] is { Length: > 0 } url && Uri.TryCreate(url, UriKind.Absolute, out var address) && address is { Scheme: "http", IsLoopback: false })
            yield return Of(AlertSeverity.Critical, "secrets", "SignInWithoutTls", address.Authority, $"People sign in at {address.GetLeftPart(UriPartial.Authority)} without TLS: passwords cross the network in plain text. Put a proxy with TLS in front.", ("address", address.Authority));
    }

    private async Task<IEnumerable<SecurityFinding>> CertificatesAsync(NpgsqlConnection connection, CancellationToken cancel)
        => (await Sql.QueryAsync(connection, "select host, port, used_for, not_after from tls_certificate where not_after < now() + $1 order by not_after limit 20", [TimeSpan.FromDays(CertificateWarning)],
            r => (Host: r.GetString(0), Port: r.GetInt32(1), For: r.GetString(2), NotAfter: r.GetFieldValue<DateTimeOffset>(3)), cancel)).Select(c =>
        {
            var days = Math.Floor((c.NotAfter - clock.GetUtcNow()).TotalDays);
            return Of(days < CertificateCritical ? AlertSeverity.Critical : AlertSeverity.Warning, "tls", "CertificateEnds", $"{c.Host}:{c.Port}",
                days < 0 ? $"The certificate of {c.Host}:{c.Port} ({c.For}) ended on {c.NotAfter:yyyy-MM-dd}." : $"The certificate of {c.Host}:{c.Port} ({c.For}) ends in {days} days.", ("host", c.Host), ("port", c.Port), ("ends", c.NotAfter.ToString("O")));
        });

    private static async Task<IEnumerable<SecurityFinding>> KeysAsync(NpgsqlConnection connection, CancellationToken cancel)
        => (await Sql.QueryAsync(connection, "select name, expires_at from api_key where revoked_at is null and expires_at between now() and now() + interval '14 days' order by expires_at limit 20", [],
            r => (Name: r.GetString(0), Ends: r.GetFieldValue<DateTimeOffset>(1)), cancel)).Select(k => Of(AlertSeverity.Info, "access", "KeyEnds", k.Name, $"The key {k.Name} ends on {k.Ends:yyyy-MM-dd}. Make another in time.", ("key", k.Name)));

    private IEnumerable<SecurityFinding> Chain(AuditChainView view)
    {
        if (view.Broken is { } broken) yield return Of(AlertSeverity.Critical, "audit", "AuditBroken", "", $"The audit does not hold: {broken}", ("verified", view.VerifiedAt?.ToString("O") ?? ""));
        if (view.OldestUnsealed is { } oldest && clock.GetUtcNow() - (oldest > view.SealedAt ? oldest : view.SealedAt ?? oldest) > SealedWithin)
            yield return Of(AlertSeverity.Warning, "audit", "AuditNotSealed", "", $"{view.Unsealed} entries of the audit wait for their seal. Check that a worker runs and has the same SECRETS_KEY as the Api; its log says more.", ("unsealed", view.Unsealed));
    }

    private static SecurityFinding Of(AlertSeverity severity, string component, string name, string subject, string message, params ReadOnlySpan<(string Key, object Value)> details)
    {
        var said = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in details) said[key] = FormattableString.Invariant($"{value}");
        return new SecurityFinding(severity, component, name, subject, message, said);
    }
}
