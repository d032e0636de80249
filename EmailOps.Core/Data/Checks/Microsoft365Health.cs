using System.Globalization;
using EmailOps.Core.Contracts;
using EmailOps.Core.Mailboxes.Checking;
using EmailOps.Core.Mailboxes.Graph;

namespace EmailOps.Core.Data.Checks;

/// <summary><c>m365_auth</c> in health: whether Microsoft gave the last access tokens that were asked for.</summary>
internal sealed class Microsoft365Health(SignInStore signIns, Microsoft365Options options, TimeProvider clock) : IHealthComponent
{
    public string Name => "m365_auth";

    public async Task<ComponentHealth> AskAsync(CancellationToken cancel)
    {
        var all = await signIns.AllAsync(MailboxProvider.Graph, cancel);
        if (all.Count == 0)
            return new ComponentHealth(ModelStatus.NotConfigured, options.IsGiven ? "An app registration is configured, and no mailbox is read through Microsoft 365." : "No mailbox of this installation is read through Microsoft 365.");
        var failed = all.Where(s => s.FailedAt is not null).ToArray();
        if (failed.Length > 0)
            return new ComponentHealth(IntakeHealth.Unhealthy, $"{failed.Length} of {all.Count} mailboxes get no access token, {failed[0].Address} since {Time(failed[0].FailedAt!.Value)}: {failed[0].Problem}");
        if (all.All(s => s.OkAt is null)) return new ComponentHealth(IntakeHealth.Degraded, $"Nobody has asked for an access token yet for {all.Count} mailboxes. Check that a worker runs.");
        var until = all.Max(s => s.AccessUntil);
        // Tokens are asked for when they are needed; one that ran out long ago says that nobody reads.
        return until < clock.GetUtcNow().AddHours(-1)
            ? new ComponentHealth(IntakeHealth.Degraded, $"The last access token ran out at {Time(until.Value)}, and nobody asked for another. Check that a worker runs.")
            : new ComponentHealth(IntakeHealth.Healthy, $"{all.Count} mailboxes; access tokens until {(until is { } end ? Time(end) : "?")}, renewed by themselves.");
    }

    private static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
}
