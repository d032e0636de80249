using EmailOps.Core.Contracts;

namespace EmailOps.Web.Calls;

/// <summary>What the built-in monitor found.</summary>
internal static class AlertCalls
{
    /// <param name="state">firing or history.</param>
    public static Task<Answer<AlertsView>> AlertsAsync(this ApiClient api, string state, long? before, int take, CancellationToken cancellation) =>
        api.GetAsync<AlertsView>(Reading.With(AlertRoutes.All, [new("state", state), new("before", before is { } id ? Reading.Number(id) : null), new("take", Reading.Number(take))]), cancellation);

    public static Task<Answer<IReadOnlyList<AlertSilenceView>>> SilencesAsync(this ApiClient api, CancellationToken cancellation) =>
        api.GetAsync<IReadOnlyList<AlertSilenceView>>(Reading.Plain(AlertRoutes.Silences), cancellation);

    public static Task<Answer<IReadOnlyList<AlertRuleView>>> AlertRulesAsync(this ApiClient api, CancellationToken cancellation) =>
        api.GetAsync<IReadOnlyList<AlertRuleView>>(Reading.Plain(AlertRoutes.Rules), cancellation);

    public static Task<Answer<AlertView>> AcknowledgeAsync(this ApiClient api, long id, string? note, CancellationToken cancellation) =>
        api.SendAsync<AlertView>(HttpMethod.Post, Reading.At(AlertRoutes.Acknowledge, id), new AcknowledgeAlert(note), null, cancellation);

    public static Task<Answer<AlertSilenceView>> SilenceAsync(this ApiClient api, SilenceAlert silence, CancellationToken cancellation) =>
        api.SendAsync<AlertSilenceView>(HttpMethod.Post, Reading.Plain(AlertRoutes.Silences), silence, null, cancellation);

    public static Task<Answer<Done>> EndSilenceAsync(this ApiClient api, long id, CancellationToken cancellation) =>
        api.SendAsync<Done>(HttpMethod.Post, Reading.At(AlertRoutes.SilenceEnd, id), null, null, cancellation);
}
