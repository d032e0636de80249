using EmailOps.Core.Contracts;
using EmailOps.Core.Mailboxes;
using EmailOps.Core.Mailboxes.Connecting;
using EmailOps.Mail.Net;
using Microsoft.Extensions.Configuration;

namespace EmailOps.Core.Data.Checks;

/// <summary>
/// The way to a provider, step by step: name, port, TLS with its certificate, sign-in, permissions. What fails says what to change; the steps behind it are not tried.
/// For <c>emailops provider diagnose</c> and the console. Nothing is changed or sent.
/// </summary>
internal sealed class Reachability(MailboxStore mailboxes, MailboxTester tester, Microsoft365Check microsoft, TeamsCheck teams, IConfiguration configuration, TimeProvider clock)
{
    private const int MostMailboxes = 50;
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(1);
    private static readonly Uri[] s_google = [new("https://oauth2.googleapis.com"), new("https://gmail.googleapis.com")];

    /// <summary>What can be asked for beside a mailbox's address.</summary>
    public static IReadOnlyList<string> Names { get; } = ["imap", "smtp", "gmail", "m365", "teams", "webhooks"];

    /// <param name="name">One of <see cref="Names"/>, or a mailbox's address.</param>
    /// <returns>Null when there is no such thing.</returns>
    public async Task<ConnectionReport?> RunAsync(string name, CancellationToken cancel)
    {
        using var limit = new CancellationTokenSource(s_limit, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancel);
        try
        {
            return name.ToLowerInvariant() switch
            {
                "imap" => await MailServersAsync("IMAP", s => s.Imap is not null, both.Token),
                "smtp" => await MailServersAsync("SMTP", s => s.Smtp is not null, both.Token),
                "gmail" => await GmailAsync(both.Token),
                "m365" or "graph" => Report(await microsoft.StepsAsync(reach: true, both.Token)),
                "teams" => Report([await teams.StepsAsync(both.Token)]),
                "webhooks" => await WebhooksAsync(both.Token),
                _ => await mailboxes.FindAsync(name, both.Token) is { } mailbox ? await MailboxAsync(mailbox, both.Token) : null,
            };
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return Failed(name, "Time", $"Gave up after {s_limit.TotalSeconds:0} s.", "Try one mailbox alone: emailops provider diagnose ADDRESS.");
        }
    }

    private async Task<ConnectionReport> MailServersAsync(string service, Func<MailboxSettings, bool> has, CancellationToken cancel)
    {
        var used = (await mailboxes.ListAsync(cancel)).Where(m => m.IsEnabled && has(m.Settings)).Take(MostMailboxes).ToArray();
        if (used.Length == 0) return Failed(service, "Settings", $"No enabled mailbox has a server for {service}.", "Connect one: emailops mailbox add support@example.com");
        var reports = await Task.WhenAll(used.Select(async m => (Mailbox: m, Report: await MailboxAsync(m, cancel))));
        return new ConnectionReport(reports.All(r => r.Report.Steps.Where(s => s.Service == service).All(s => s.Ok)),
            [.. reports.SelectMany(r => r.Report.Steps.Where(s => s.Service == service).Select(s => s with { Service = $"{s.Service} {r.Mailbox.Address}" }))]);
    }

    /// <summary>Google's servers, then each mailbox that is read by them.</summary>
    private async Task<ConnectionReport> GmailAsync(CancellationToken cancel)
    {
        var hosts = Report(await Task.WhenAll(s_google.Select(host => HostAsync(host.Host, host, cancel))));
        if (!hosts.Ok) return hosts;
        var used = (await mailboxes.ListAsync(cancel)).Where(m => m.IsEnabled && (m.Settings.Provider == MailboxProvider.Gmail || m.Settings.Fallback == MailboxProvider.Gmail)).Take(MostMailboxes);
        var reports = await Task.WhenAll(used.Select(async m => (Mailbox: m, Report: await MailboxAsync(m, cancel))));
        return new ConnectionReport(reports.All(r => r.Report.Ok), [.. hosts.Steps, .. reports.SelectMany(r => r.Report.Steps.Select(s => s with { Service = $"{s.Service} {r.Mailbox.Address}" }))]);
    }

    private async Task<ConnectionReport> MailboxAsync(MailboxSetup mailbox, CancellationToken cancel)
    {
        try
        {
            return await tester.RunAsync(new TestMailbox(mailbox.Address, mailbox.Settings, MailboxId: mailbox.Id), cancel) ?? Failed(mailbox.Address, "Settings", "It was deleted meanwhile.", null);
        }
        catch (SecretsKeyException locked)
        {
            return Failed(mailbox.Address, "Settings", locked.Message, "Set SECRETS_KEY to the key its password was sealed with, or enter it again.");
        }
    }

    private async Task<ConnectionReport> WebhooksAsync(CancellationToken cancel)
    {
        var targets = WebhookCheck.Targets(configuration).ToArray();
        if (targets.Length == 0) return Failed("Webhooks", "Settings", "No webhook is set up.", "Set ALERT_WEBHOOK_URL where alerts are to be posted.");
        return Report(await Task.WhenAll(targets.Select(t => HostAsync(t.Key, t.Address, cancel))));
    }

    /// <summary>Without path and query: the secret of a webhook is often a part of its path.</summary>
    private async Task<StepList> HostAsync(string service, Uri address, CancellationToken cancel)
    {
        var steps = new StepList(service, clock);
        try
        {
            await new HostCheck(steps, address).RunAsync(cancel);
        }
        catch (MailConnectionException failure)
        {
            steps.Fail("Connection", failure.Message, "The connection broke in between. Try again.");
        }
        return steps;
    }

    private static ConnectionReport Report(IReadOnlyList<StepList> lists) => new(lists.All(l => l.Ok), [.. lists.SelectMany(l => l.Steps)]);

    private static ConnectionReport Failed(string service, string step, string detail, string? fix) => new(false, [new ConnectionStep(service, step, false, detail, fix, 0)]);
}
