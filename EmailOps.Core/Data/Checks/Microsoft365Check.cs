using EmailOps.Core.Contracts;
using EmailOps.Core.Mailboxes;
using EmailOps.Core.Mailboxes.Checking;
using EmailOps.Core.Mailboxes.Connecting;
using EmailOps.Core.Mailboxes.Graph;

namespace EmailOps.Core.Data.Checks;

/// <summary>Microsoft 365: the app registration signs in, has what the mailboxes need, and can open each of them.</summary>
internal sealed class Microsoft365Check(MailboxStore mailboxes, GrantStore grants, MailboxTokens tokens, GraphHttp http, GraphDiagnosis graph, Microsoft365Options options, TimeProvider clock) : IConfigurationCheck
{
    private const int MostMailboxes = 50;

    public string Name => "m365";

    /// <summary>As configured; null: the domain of a mailbox is it.</summary>
    private string? Tenant => string.IsNullOrWhiteSpace(options.TenantId) ? null : options.TenantId.Trim();

    public async Task<ValidationView> CheckAsync(CancellationToken cancel)
    {
        var used = await UsedAsync(cancel);
        if (used.Count == 0 && !options.IsGiven) return new ValidationView(ValidationView.NotConfigured, "No mailbox of this installation is read through Microsoft 365.");
        var steps = (await StepsAsync(reach: false, cancel)).SelectMany(l => l.Steps).ToArray();
        var parts = Parts(steps);
        var failed = Array.Find(steps, s => !s.Ok);
        return new ValidationView(ValidationView.WorstOf(parts), failed?.Detail ?? $"Signed in with all that is needed; {used.Count} mailboxes can be opened.", failed?.Fix, parts);
    }

    /// <summary>The same step by step.</summary>
    /// <param name="reach">With the way there.</param>
    public async Task<IReadOnlyList<StepList>> StepsAsync(bool reach, CancellationToken cancel)
    {
        var used = await UsedAsync(cancel);
        var way = new StepList("Microsoft 365", clock);
        if (reach && !await graph.ReachAsync(way, cancel)) return [way];
        var users = (await grants.AllAsync(cancel)).Where(g => g.Provider == MailboxProvider.Graph).Select(g => g.MailboxId).ToHashSet();
        var (byUser, byApp) = (used.Where(m => users.Contains(m.Id)).ToArray(), used.Where(m => !users.Contains(m.Id)).ToArray());
        var signedIn = Task.WhenAll(byUser.Take(MostMailboxes).Select(m => UserAsync(m, cancel)));
        // Without mailboxes of its own the app matters only where nobody else is asked.
        if (byApp.Length > 0 || byUser.Length == 0) return [.. await AppAsync(way, byApp, cancel), .. await signedIn];
        return [way, .. await signedIn];
    }

    /// <summary>In the app's own name.</summary>
    private async Task<IReadOnlyList<StepList>> AppAsync(StepList app, MailboxSetup[] used, CancellationToken cancel)
    {
        if ((Tenant ?? used.Select(m => MailboxAddress.Domain(m.Address)).FirstOrDefault()) is not { } tenant)
        {
            app.Fail("Directory", "M365_TENANT_ID is not set, and no mailbox tells its domain.", "Set M365_TENANT_ID to the directory (tenant) id of the app registration's overview.");
            return [app];
        }
        if (await graph.SignInAsync(app, tenant, cancel) is not { } access) return [app];
        var needs = used.Length == 0 ? GraphDiagnosis.NeedsOf(new MailboxSettings()) : [.. used.SelectMany(m => GraphDiagnosis.NeedsOf(m.Settings))];
        var each = await Task.WhenAll(used.Take(MostMailboxes).Select(async mailbox =>
        {
            var steps = new StepList(mailbox.Address, clock);
            await graph.MailboxAsync(steps, access, mailbox.Address, cancel);
            return steps;
        }));
        await GraphDiagnosis.PermissionsAsync(app, access, needs, each.Length > 0 && each.All(e => e.Ok), cancel);
        return [app, .. each];
    }

    /// <summary>In the name of the mailbox's user, who signed in.</summary>
    private async Task<StepList> UserAsync(MailboxSetup mailbox, CancellationToken cancel)
    {
        var steps = new StepList(mailbox.Address, clock);
        var access = http.Access($"mailbox/{mailbox.Id}", tokens.For(new OpenedMailbox(mailbox, null, null), MailboxProvider.Graph));
        if (!await graph.TokenAsync(steps, access, cancel)) return steps;
        await GraphDiagnosis.PermissionsAsync(steps, access, GraphDiagnosis.NeedsOf(mailbox.Settings), opens: false, cancel);
        await graph.MailboxAsync(steps, access, mailbox.Address, cancel);
        return steps;
    }

    public static ValidationPart[] Parts(IEnumerable<ConnectionStep> steps)
        => [.. steps.Select(s => new ValidationPart(s.Step == "Mailbox" ? s.Service : s.Step, s.Ok ? ValidationView.Valid : ValidationView.Invalid, s.Detail, s.Fix))];

    private async Task<IReadOnlyList<MailboxSetup>> UsedAsync(CancellationToken cancel)
        => [.. (await mailboxes.ListAsync(cancel)).Where(m => m.IsEnabled && (m.Settings.Provider == MailboxProvider.Graph || m.Settings.Fallback == MailboxProvider.Graph))];
}
