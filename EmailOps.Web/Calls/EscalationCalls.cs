using System.Globalization;
using EmailOps.Core.Contracts;
using Microsoft.AspNetCore.WebUtilities;

namespace EmailOps.Web.Calls;

/// <summary>What needs a person, and where people are told.</summary>
internal static class EscalationCalls
{
    public static Task<Answer<EscalationPage>> EscalationsAsync(this ApiClient api, IEnumerable<KeyValuePair<string, string?>> query, CancellationToken cancellation) =>
        api.GetAsync<EscalationPage>(With(EscalationRoutes.All, query), cancellation);

    public static Task<Answer<EscalationDetail>> EscalationAsync(this ApiClient api, long id, CancellationToken cancellation) => api.GetAsync<EscalationDetail>(Reading.At(EscalationRoutes.One, id), cancellation);

    public static Task<Answer<EscalationView>> OpenEscalationAsync(this ApiClient api, OpenEscalation order, CancellationToken cancellation) => api.SendAsync<EscalationView>(HttpMethod.Post, Reading.Plain(EscalationRoutes.All), order, null, cancellation);

    /// <param name="route">Claim, release or resolve.</param>
    public static Task<Answer<EscalationView>> EscalationActAsync(this ApiClient api, string route, long id, object? body, CancellationToken cancellation) => api.SendAsync<EscalationView>(HttpMethod.Post, Reading.At(route, id), body, null, cancellation);

    /// <summary>For whoever holds a link from a chat: the console asks, and the link is what allows it.</summary>
    public static Task<Answer<EscalationLinkView>> ActByLinkAsync(this ApiClient api, ActByLink act, CancellationToken cancellation) => api.SendAsConsoleAsync<EscalationLinkView>(HttpMethod.Post, Reading.Plain(EscalationRoutes.ActByLink), act, cancellation);

    public static Task<Answer<EscalationLinkView>> LinkAsync(this ApiClient api, string token, CancellationToken cancellation) => api.GetAsConsoleAsync<EscalationLinkView>(With(EscalationRoutes.Link, [new("token", token)]), cancellation);

    public static Task<Answer<ServiceLevelView>> ServiceLevelsAsync(this ApiClient api, long mailbox, CancellationToken cancellation) => api.GetAsync<ServiceLevelView>(With(EscalationRoutes.ServiceLevels, Of(mailbox)), cancellation);

    public static Task<Answer<ServiceLevelView>> SaveServiceLevelsAsync(this ApiClient api, long mailbox, int version, ServiceLevelPlan plan, CancellationToken cancellation) =>
        api.SendAsync<ServiceLevelView>(HttpMethod.Put, With(EscalationRoutes.ServiceLevels, Of(mailbox)), plan, version, cancellation);

    public static Task<Answer<IReadOnlyList<ChannelView>>> ChannelsAsync(this ApiClient api, CancellationToken cancellation) => api.GetAsync<IReadOnlyList<ChannelView>>(Reading.Plain(ChannelRoutes.All), cancellation);

    public static Task<Answer<ChannelView>> AddChannelAsync(this ApiClient api, SaveChannel save, CancellationToken cancellation) => api.SendAsync<ChannelView>(HttpMethod.Post, Reading.Plain(ChannelRoutes.All), save, null, cancellation);

    public static Task<Answer<ChannelView>> SaveChannelAsync(this ApiClient api, long id, int version, SaveChannel save, CancellationToken cancellation) => api.SendAsync<ChannelView>(HttpMethod.Put, Reading.At(ChannelRoutes.One, id), save, version, cancellation);

    public static Task<Answer<Done>> DeleteChannelAsync(this ApiClient api, long id, int version, CancellationToken cancellation) => api.SendAsync<Done>(HttpMethod.Delete, Reading.At(ChannelRoutes.One, id), null, version, cancellation);

    /// <summary>Some vendors take their time.</summary>
    public static Task<Answer<ChannelTest>> TestChannelAsync(this ApiClient api, long id, CancellationToken cancellation) => api.SendAsync<ChannelTest>(HttpMethod.Post, Reading.At(ChannelRoutes.Test, id), null, null, cancellation, TimeSpan.FromMinutes(2));

    public static Task<Answer<Done>> TellAgainAsync(this ApiClient api, long notification, CancellationToken cancellation) => api.SendAsync<Done>(HttpMethod.Post, Reading.At(ChannelRoutes.Again, notification), null, null, cancellation);

    private static IEnumerable<KeyValuePair<string, string?>> Of(long mailbox) => mailbox == 0 ? [] : [new("mailbox", mailbox.ToString(CultureInfo.InvariantCulture))];

    private static string With(string route, IEnumerable<KeyValuePair<string, string?>> query) => QueryHelpers.AddQueryString(Reading.Plain(route), query.Where(q => !string.IsNullOrEmpty(q.Value)));
}
