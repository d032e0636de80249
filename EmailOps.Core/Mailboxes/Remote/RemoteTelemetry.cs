using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using EmailOps.Core.Contracts;
using EmailOps.Core.LanguageModels.Routing;
using EmailOps.Core.Telemetry;

namespace EmailOps.Core.Mailboxes.Remote;

/// <summary>Metrics of mail providers beside those of <see cref="ProviderTelemetry"/>. Labels are providers, never addresses or ids of mails.</summary>
internal static class RemoteTelemetry
{
    private static readonly Meter s_meter = new(EmailOpsTelemetry.Name);
    private static readonly Counter<long> s_refused = s_meter.CreateCounter<long>("emailops.provider.token.refusals", "{refusal}", "Access tokens a mail provider did not give, by reason");
    private static readonly ConcurrentDictionary<string, BreakerStatus> s_breakers = new(StringComparer.Ordinal);
    private static readonly ConcurrentDictionary<(string Provider, long Mailbox), int> s_batches = new();
    private static readonly ObservableGauge<int> s_state = s_meter.CreateObservableGauge("emailops.provider.breaker.state", () => s_breakers.Select(b =>
        new Measurement<int>(b.Value.Force == BreakerForce.Open ? 2 : b.Value.Force == BreakerForce.Closed ? 0 : (int)b.Value.State, new KeyValuePair<string, object?>("provider", b.Key))), null, "0 closed, 1 half-open, 2 open");
    private static readonly ObservableGauge<int> s_batch = CreateGauge("emailops.provider.batch.size", "{message}", "Mails asked for at once, of the mailbox with the fewest: it shrinks while a provider limits", Batches);

    public static void Refused(MailboxProvider provider, string reason) => s_refused.Add(1, new("provider", provider.ToString().ToLowerInvariant()), new("reason", Known(reason)));

    public static void Breaker(string provider, BreakerStatus status) => s_breakers[provider] = status;

    /// <param name="size">Mails asked for at once, now.</param>
    public static void Batch(string provider, long mailbox, int size) => s_batches[(provider, mailbox)] = size;

    private static ObservableGauge<int> CreateGauge(string name, string unit, string description, Func<IEnumerable<Measurement<int>>> read) => s_meter.CreateObservableGauge(name, read, unit, description);

    private static IEnumerable<Measurement<int>> Batches() => s_batches.GroupBy(b => b.Key.Provider).Select(g => new Measurement<int>(g.Min(b => b.Value), new KeyValuePair<string, object?>("provider", g.Key)));

    /// <summary>A provider's own words must not become any number of labels.</summary>
    private static string Known(string reason) => reason is "invalid_grant" or "invalid_client" or "unauthorized_client" or "invalid_scope" or "invalid_request" or "interaction_required" ? reason : "other";
}
