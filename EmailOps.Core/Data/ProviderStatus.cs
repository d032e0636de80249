using EmailOps.Core.Contracts;
using EmailOps.Core.LanguageModels.Routing;
using EmailOps.Core.Mailboxes.Checking;
using EmailOps.Core.Mailboxes.Remote;

namespace EmailOps.Core.Data;

/// <summary>How mail providers and consents stand: for health, the console and the command line.</summary>
internal sealed class ProviderStatus(ReadingStore readings, MailboxStore mailboxes, GrantStore grants, ProviderBreakers breakers, RemoteOptions options, TimeProvider clock)
{
    /// <summary>Failures in a row that a restarting server explains; more take some 15 seconds.</summary>
    private const int Passing = 3;

    public static MailboxProvider? Parse(string name) => Enum.TryParse<MailboxProvider>(name, ignoreCase: true, out var provider) && Enum.IsDefined(provider) && provider != MailboxProvider.Folder && !char.IsAsciiDigit(name[0]) ? provider : null;

    public async Task<IReadOnlyList<MailProviderView>> AllAsync(CancellationToken cancel)
    {
        var setups = (await mailboxes.ListAsync(cancel)).Where(m => m.IsEnabled && m.Settings.IsRead()).ToDictionary(m => m.Id);
        var states = (await readings.AllAsync(cancel)).Where(r => setups.ContainsKey(r.MailboxId)).ToArray();
        var views = new List<MailProviderView>();
        foreach (var provider in setups.Values.SelectMany(m => (MailboxProvider?[])[m.Settings.Provider, options.ReadsBy(m.Settings)]).OfType<MailboxProvider>().Distinct().Order())
            views.Add(View(provider, await breakers.ReadAsync(provider, cancel), [.. states.Where(s => s.Reading.Provider == provider || setups[s.MailboxId].Settings.Provider == provider)]));
        return views;
    }

    public async Task<MailProviderView> ForceAsync(MailboxProvider provider, BreakerForce force, string actor, string? why, CancellationToken cancel)
    {
        await breakers.ForceAsync(provider, force, actor, why ?? "", cancel);
        return (await AllAsync(cancel)).FirstOrDefault(v => v.Name == ProviderBreakers.Name(provider)) ?? View(provider, await breakers.ReadAsync(provider, cancel), []);
    }

    public async Task<GrantView?> GrantAsync(long mailboxId, CancellationToken cancel) => await grants.FindAsync(mailboxId, cancel) is { } grant ? View(grant) : null;

    public async Task<IReadOnlyList<GrantView>> GrantsAsync(CancellationToken cancel) => [.. (await grants.AllAsync(cancel)).Select(View)];

    public GrantView View(Grant grant) => new(grant.MailboxId, grant.Address, grant.Provider, grant.Account, grant.Scopes, grant.GrantedAt, grant.GrantedBy, grant.RefreshedAt, grant.AccessUntil, grant.RefreshUntil, grant.FailedAt, grant.Problem, Forecast(grant));

    private string Forecast(Grant grant) => grant switch
    {
        { FailedAt: { } failed } => $"Refused since {Time(failed)}: somebody must sign in again.",
        { RefreshUntil: { } end } when end <= clock.GetUtcNow() => $"It ran out at {Time(end)}: somebody must sign in again.",
        { RefreshUntil: { } end } => $"Ends at {Time(end)}, in {(end - clock.GetUtcNow()).TotalDays:0.#} days: sign in again before.{(grant.Provider == MailboxProvider.Gmail ? " (Google ends consents of applications in testing after 7 days; publish yours.)" : "")}",
        _ => "The provider names no end; it is renewed by being used.",
    };

    /// <summary>Whether somebody must do something about a consent; null when not.</summary>
    public ComponentHealth? Health(GrantView grant)
    {
        var signIn = $"Sign in again: in the console under Mailboxes, or with: emailops provider login {ProviderBreakers.Name(grant.Provider)} {grant.Address}";
        if (grant.FailedAt is not null || grant.EndsAt <= clock.GetUtcNow()) return new ComponentHealth(IntakeHealth.Unhealthy, grant.Problem ?? $"{grant.Forecast} {signIn}");
        return grant.EndsAt - clock.GetUtcNow() <= options.WarnBeforeExpiry ? new ComponentHealth(IntakeHealth.Degraded, $"{grant.Forecast} {signIn}") : null;
    }

    private MailProviderView View(MailboxProvider provider, BreakerStatus breaker, ReadingState[] states)
    {
        var its = states.Select(s => new ProviderMailbox(s.MailboxId, s.Address, s.Reading.State, s.Reading.Problem, s.Reading.Diverted)).ToArray();
        // A mailbox that was diverted says that its own provider does not work; one that is read says that it does.
        var by = states.Where(s => s.Reading.Provider == provider && s.IsHeld).ToArray();
        var failing = by.Where(s => s.Reading is { State: LoopState.BackingOff, Failures: > Passing } or { SilentTooLong: true }).ToArray();
        var diverted = states.Where(s => s.Reading.Provider != provider && s.Reading.Diverted is not null).ToArray();
        var works = by.Length > failing.Length;
        var isUp = breaker.LetsThrough && (works || failing.Length + diverted.Length == 0);
        var since = breaker.OpenedAt ?? failing.Select(s => s.Reading.HeardAt).OfType<DateTimeOffset>().OrderDescending().Cast<DateTimeOffset?>().FirstOrDefault();
        var problem = breaker switch
        {
            { Force: BreakerForce.Open } => $"Held open by {breaker.ForcedBy}: nothing is asked of it. To end that: emailops provider breaker {ProviderBreakers.Name(provider)} auto",
            { LetsThrough: false } => $"Left alone for a moment: {breaker.Reason}",
            _ when !isUp => diverted.FirstOrDefault()?.Reading.Diverted ?? failing[0].Reading.Problem,
            _ => null,
        };
        return new MailProviderView(ProviderBreakers.Name(provider), isUp, isUp ? null : since, problem,
            new BreakerView(breaker.State, breaker.Force, breaker.Failures, breaker.OpenedAt, breaker is { State: not BreakerState.Closed, Left: { } left } ? clock.GetUtcNow() + left : null, breaker.Reason, breaker.ForcedBy), its);
    }

    private static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>Providers in health: one that none of its mailboxes can be read by is unhealthy with its first breaker, well within a minute.</summary>
internal sealed class ProviderHealth(ProviderStatus status) : IHealthComponent
{
    public string Name => "mail_providers";

    public async Task<ComponentHealth> AskAsync(CancellationToken cancel)
    {
        var all = await status.AllAsync(cancel);
        if (all.Count == 0) return new ComponentHealth(ModelStatus.NotConfigured, "No mailbox is read from a server.");
        var down = all.Where(p => !p.IsUp).ToArray();
        if (down.Length == 0) return new ComponentHealth(IntakeHealth.Healthy, $"{string.Join(", ", all.Select(p => p.Name))} answer.");
        // Where another way is read meanwhile, mail goes on coming in.
        var covered = down.All(p => p.Mailboxes.All(m => m.Diverted is not null));
        return new ComponentHealth(covered ? IntakeHealth.Degraded : IntakeHealth.Unhealthy, string.Join(" ", down.Select(p => $"{p.Name}: {p.Problem}")));
    }
}

/// <summary>Consents in health: refused ones, and those that end soon.</summary>
internal sealed class GrantHealth(ProviderStatus status) : IHealthComponent
{
    public string Name => "mail_sign_ins";

    public async Task<ComponentHealth> AskAsync(CancellationToken cancel)
    {
        var all = await status.GrantsAsync(cancel);
        if (all.Count == 0) return new ComponentHealth(ModelStatus.NotConfigured, "No mailbox is signed in at a provider.");
        var wrong = all.Select(status.Health).OfType<ComponentHealth>().ToArray();
        if (wrong.Length == 0) return new ComponentHealth(IntakeHealth.Healthy, $"{all.Count} sign-ins at providers are good.");
        return new ComponentHealth(wrong.Any(w => w.Status == IntakeHealth.Unhealthy) ? IntakeHealth.Unhealthy : IntakeHealth.Degraded, string.Join(" ", wrong.Select(w => w.Detail)));
    }
}
