using System.Globalization;
using EmailOps.Core.Contracts;

namespace EmailOps.Web.Calls;

/// <summary>The labels a team adds.</summary>
internal static class LabelCalls
{
    /// <param name="mailbox">With retired ones, and what is known of each.</param>
    public static Task<Answer<IReadOnlyList<LabelView>>> LabelsAsync(this ApiClient api, long mailbox, CancellationToken cancellation) =>
        api.GetAsync<IReadOnlyList<LabelView>>(Reading.At(LabelRoutes.Labels, mailbox) + "?retired=true", cancellation);

    /// <summary>Of all mailboxes, by name.</summary>
    public static Task<Answer<IReadOnlyList<LabelName>>> LabelNamesAsync(this ApiClient api, CancellationToken cancellation) =>
        api.GetAsync<IReadOnlyList<LabelName>>(Reading.Plain(LabelRoutes.Names), cancellation);

    public static Task<Answer<ModelView>> LabelModelAsync(this ApiClient api, long mailbox, CancellationToken cancellation) =>
        api.GetAsync<ModelView>(Reading.At(ModelRoutes.Model, mailbox) + "?topic=Labels", cancellation);

    public static Task<Answer<LabelView>> AddLabelAsync(this ApiClient api, long mailbox, SaveLabel save, CancellationToken cancellation) =>
        api.SendAsync<LabelView>(HttpMethod.Post, Reading.At(LabelRoutes.Labels, mailbox), save, null, cancellation);

    public static Task<Answer<LabelView>> ChangeLabelAsync(this ApiClient api, long label, int version, SaveLabel save, CancellationToken cancellation) =>
        api.SendAsync<LabelView>(HttpMethod.Put, Reading.At(LabelRoutes.Label, label), save, version, cancellation);

    public static Task<Answer<LabelView>> RetireLabelAsync(this ApiClient api, long label, int version, bool retire, CancellationToken cancellation) =>
        api.SendAsync<LabelView>(HttpMethod.Post, Reading.At(retire ? LabelRoutes.Retire : LabelRoutes.Restore, label), null, version, cancellation);

    public static Task<Answer<MessageDetail>> SayLabelAsync(this ApiClient api, long message, long label, bool isOn, CancellationToken cancellation) =>
        api.SendAsync<MessageDetail>(isOn ? HttpMethod.Put : HttpMethod.Delete,
            Reading.At(LabelRoutes.MessageLabel, message).Replace("{label:long}", label.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal), null, null, cancellation);

    public static Task<Answer<LabelledView>> SayLabelAsync(this ApiClient api, long label, IReadOnlyList<long> messages, bool isOn, CancellationToken cancellation) =>
        api.SendAsync<LabelledView>(HttpMethod.Post, Reading.At(LabelRoutes.LabelMessages, label), new LabelMessages(messages, isOn), null, cancellation);
}
