using EmailOps.Core.Contracts;

namespace EmailOps.Web.Calls;

/// <summary>What operators order. Versions are those the operator saw: when they are old, nothing happens and the answer says so.</summary>
internal static class Deciding
{
    public static Task<Answer<DraftView>> ApproveAsync(this ApiClient api, long draft, int version, string body, CancellationToken cancellation) =>
        api.SendAsync<DraftView>(HttpMethod.Post, Reading.At(Routes.DraftApprove, draft), new ApproveDraft(body), version, cancellation);

    public static Task<Answer<DraftView>> EditAsync(this ApiClient api, long draft, int version, string body, CancellationToken cancellation) =>
        api.SendAsync<DraftView>(HttpMethod.Put, Reading.At(Routes.Draft, draft), new EditDraft(body), version, cancellation);

    public static Task<Answer<DraftView>> RejectAsync(this ApiClient api, long draft, int version, string? reason, CancellationToken cancellation) =>
        api.SendAsync<DraftView>(HttpMethod.Post, Reading.At(Routes.DraftReject, draft), new RejectDraft(reason), version, cancellation);

    public static Task<Answer<DraftView>> ReopenAsync(this ApiClient api, long draft, int version, CancellationToken cancellation) =>
        api.SendAsync<DraftView>(HttpMethod.Post, Reading.At(Routes.DraftReopen, draft), null, version, cancellation);

    public static Task<Answer<MessageDetail>> CorrectAsync(this ApiClient api, long message, string category, CancellationToken cancellation) =>
        api.SendAsync<MessageDetail>(HttpMethod.Post, Reading.At(Routes.MessageCategory, message), new CorrectCategory(category), null, cancellation);

    public static Task<Answer<Done>> RetriageAsync(this ApiClient api, long message, CancellationToken cancellation) =>
        api.SendAsync<Done>(HttpMethod.Post, Reading.At(Routes.MessageRetriage, message), null, null, cancellation);

    public static Task<Answer<IntakeView>> RetryIntakeAsync(this ApiClient api, long intake, bool force, CancellationToken cancellation) =>
        api.SendAsync<IntakeView>(HttpMethod.Post, Reading.At(Routes.IntakeRetry, intake) + (force ? "?force=true" : ""), null, null, cancellation);

    public static Task<Answer<Done>> RetryDeadLetterAsync(this ApiClient api, long deadLetter, CancellationToken cancellation) =>
        api.SendAsync<Done>(HttpMethod.Post, Reading.At(Routes.DeadLetterRetry, deadLetter), null, null, cancellation);

    public static Task<Answer<Done>> TriggerAsync(this ApiClient api, CancellationToken cancellation) =>
        api.SendAsync<Done>(HttpMethod.Post, Reading.Plain(Routes.ProcessTrigger), new TriggerRequest(), null, cancellation);

    public static Task<Answer<OutboundView>> CancelReplyAsync(this ApiClient api, long reply, CancellationToken cancellation) =>
        api.SendAsync<OutboundView>(HttpMethod.Post, Reading.At(Routes.OutboundCancel, reply), null, null, cancellation);

    public static Task<Answer<OutboundView>> SendReplyNowAsync(this ApiClient api, long reply, CancellationToken cancellation) =>
        api.SendAsync<OutboundView>(HttpMethod.Post, Reading.At(Routes.OutboundSendNow, reply), null, null, cancellation);

    public static Task<Answer<OutboundView>> SettleReplyAsync(this ApiClient api, long reply, bool wasSent, CancellationToken cancellation) =>
        api.SendAsync<OutboundView>(HttpMethod.Post, Reading.At(Routes.OutboundSettle, reply), new SettleOutbound(wasSent), null, cancellation);

    public static Task<Answer<Done>> LiftBrakeAsync(this ApiClient api, long brake, CancellationToken cancellation) =>
        api.SendAsync<Done>(HttpMethod.Post, Reading.At(Routes.BrakeLift, brake), null, null, cancellation);
}
