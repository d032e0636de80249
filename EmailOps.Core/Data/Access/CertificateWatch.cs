using EmailOps.Core.Contracts;
using EmailOps.Core.Mailboxes;
using EmailOps.Core.Mailboxes.Checking;
using EmailOps.Core.Mailboxes.Connecting;
using EmailOps.Core.Telemetry;
using EmailOps.Mail.Imap;
using EmailOps.Mail.Net;
using EmailOps.Mail.Smtp;
using Microsoft.Extensions.Configuration;
using Npgsql;

namespace EmailOps.Core.Data.Access;

/// <param name="NotAfter">Null: none was seen.</param>
/// <param name="Problem">Why none was seen, or what is wrong with it; null: nothing.</param>
internal sealed record SeenCertificate(string Host, int Port, string UsedFor, DateTimeOffset? NotAfter, string? Problem);

/// <summary>Looks at the certificates of every server that settings name, the mail servers' and the console's public one, and keeps when they end.</summary>
internal sealed class CertificateWatch(NpgsqlDataSource source, MailboxStore mailboxes, IConfiguration configuration, TimeProvider clock) : IHealthComponent
{
    private const int Side = 8;
    private const int WarnDays = 21;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private IReadOnlyList<SeenCertificate> _latest = [];

    public string Name => "tls";

    /// <summary>Contacts all of them, without signing in.</summary>
    public async Task<IReadOnlyList<SeenCertificate>> LookAsync(CancellationToken cancel)
    {
        var asked = await ServersAsync(cancel);
        var seen = new System.Collections.Concurrent.ConcurrentBag<SeenCertificate>();
        await Parallel.ForEachAsync(asked, new ParallelOptions { MaxDegreeOfParallelism = Side, CancellationToken = cancel }, async (server, stop) => seen.Add(await LookAsync(server, stop)));
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await Sql.ExecuteAsync(connection, "delete from tls_certificate where not (host, port) in (select * from unnest($1::text[], $2::int[]))", [asked.Select(a => a.Server.Host).ToArray(), asked.Select(a => a.Server.Port).ToArray()], cancel);
        // A server that is away keeps what was seen of it last: its certificate ends all the same.
        foreach (var one in seen)
            await Sql.ExecuteAsync(connection, """
                insert into tls_certificate as t (host, port, used_for, not_after, problem, checked_at) values ($1, $2, $3, $4::timestamptz, $5::text, now())
                on conflict (host, port) do update set used_for = excluded.used_for, not_after = coalesce(excluded.not_after, t.not_after), problem = excluded.problem, checked_at = now()
                """, [one.Host, one.Port, one.UsedFor, one.NotAfter, one.Problem], cancel);
        await transaction.CommitAsync(cancel);
        return _latest = await StoredAsync(connection, cancel);
    }

    /// <summary>What was seen last, by whichever process looked.</summary>
    public async Task<IReadOnlyList<SeenCertificate>> StoredAsync(CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        return await StoredAsync(connection, cancel);
    }

    /// <summary>Takes what was seen last for the metric.</summary>
    public async Task RefreshAsync(CancellationToken cancel) => _latest = await StoredAsync(cancel);

    /// <summary>Shows the days that are left, in the process that looks.</summary>
    public void Measure() => EmailOpsTelemetry.Gauge("emailops.tls.expiry_days", "d", "Days until the certificate of a server ends; below zero: it has ended",
        () => _latest.Where(c => c.NotAfter is not null).Select(c => new System.Diagnostics.Metrics.Measurement<double>(Math.Round(Days(c), 2), new("host", c.Host), new("port", c.Port))));

    public async Task<ComponentHealth> AskAsync(CancellationToken cancel)
    {
        var all = await StoredAsync(cancel);
        var soon = all.Where(c => c.NotAfter is not null && Days(c) < WarnDays).OrderBy(c => c.NotAfter).ToList();
        if (soon.Count == 0) return new ComponentHealth("healthy", all.Count == 0 ? "No server with TLS is set up, or none was looked at yet." : $"{all.Count(c => c.NotAfter is not null)} certificates, none ends within {WarnDays} days.");
        var first = soon[0];
        return new ComponentHealth(Days(first) < 0 ? "degraded" : "warning", $"The certificate of {first.Host}:{first.Port} ({first.UsedFor}) {(Days(first) < 0 ? "ended" : "ends")} on {first.NotAfter:yyyy-MM-dd}{(soon.Count > 1 ? $", and {soon.Count - 1} more end soon" : "")}. Have it renewed.");
    }

    private double Days(SeenCertificate certificate) => (certificate.NotAfter!.Value - clock.GetUtcNow()).TotalDays;

    private static Task<List<SeenCertificate>> StoredAsync(NpgsqlConnection connection, CancellationToken cancel)
        => Sql.QueryAsync(connection, "select host, port, used_for, not_after, problem from tls_certificate order by not_after, host, port limit 1000", [],
            r => new SeenCertificate(r.GetString(0), r.GetInt32(1), r.GetString(2), r.IsDBNull(3) ? null : r.GetFieldValue<DateTimeOffset>(3), r.IsDBNull(4) ? null : r.GetString(4)), cancel);

    private async Task<List<(MailServer Server, string Protocol, string UsedFor)>> ServersAsync(CancellationToken cancel)
    {
        var asked = new List<(MailServer Server, string Protocol, string UsedFor)>();
        foreach (var mailbox in (await mailboxes.ListAsync(cancel)).Where(m => m.IsEnabled))
            foreach (var (settings, protocol) in ((MailServerSettings?, string)[])[(mailbox.Settings.Imap, "IMAP"), (mailbox.Settings.Smtp, "SMTP")])
                if (settings is not null && settings.Server() is { Security: not TransportSecurity.None } server) asked.Add((server, protocol, $"{protocol} of {mailbox.Address}"));
        if (Uri.TryCreate(configuration["WEB_PUBLIC_URL"], UriKind.Absolute, out var console) && console.Scheme == Uri.UriSchemeHttps)
            asked.Add((new MailServer(console.IdnHost, console.Port), "HTTPS", "the console"));
        return [.. asked.DistinctBy(a => (a.Server.Host, a.Server.Port))];
    }

    private async Task<SeenCertificate> LookAsync((MailServer Server, string Protocol, string UsedFor) asked, CancellationToken cancel)
    {
        var (server, protocol, usedFor) = asked;
        try
        {
            var ends = protocol switch
            {
                "IMAP" => await EndAsync(await ImapClient.ConnectAsync(server, null, ServerCheck.Limits, null, clock, cancel), c => c.Connection),
                "SMTP" => await EndAsync(await SmtpClient.ConnectAsync(server, null, new SmtpOptions { Greeting = Patience, Command = Patience }, null, clock, cancel), c => c.Connection),
                _ => await EndAsync(await MailConnection.ConnectAsync(server, ServerCheck.Limits, null, clock, cancel), c => c),
            };
            return new SeenCertificate(server.Host, server.Port, usedFor, ends, null);
        }
        catch (MailConnectionException failure)
        {
            // Refused ones have an end too, and one that has ended is why.
            return new SeenCertificate(server.Host, server.Port, usedFor, failure.Certificate is { NotAfter: var end } && end != default ? end : null, failure.Message);
        }
    }

    private static async Task<DateTimeOffset?> EndAsync<T>(T client, Func<T, MailConnection> connection) where T : IAsyncDisposable
    {
        await using (client) return connection(client).ServerCertificate?.NotAfter.ToUniversalTime();
    }
}
