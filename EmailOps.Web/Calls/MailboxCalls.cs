using EmailOps.Core.Contracts;

namespace EmailOps.Web.Calls;

/// <summary>How mailboxes are read and answered from.</summary>
internal static class MailboxCalls
{
    /// <summary>Longer than a test may take: the Api gives up first and says so.</summary>
    private static readonly TimeSpan TestPatience = TimeSpan.FromSeconds(45);

    public static Task<Answer<MailboxSetup>> MailboxSetupAsync(this ApiClient api, long id, CancellationToken cancellation) =>
        api.GetAsync<MailboxSetup>(Reading.At(Routes.MailboxSettings, id), cancellation);

    public static Task<Answer<MailboxReading>> MailboxReadingAsync(this ApiClient api, long id, CancellationToken cancellation) =>
        api.GetAsync<MailboxReading>(Reading.At(Routes.MailboxReading, id), cancellation);

    public static Task<Answer<MailboxSetup>> AddMailboxAsync(this ApiClient api, SaveMailbox mailbox, CancellationToken cancellation) =>
        api.SendAsync<MailboxSetup>(HttpMethod.Post, Reading.Plain(Routes.Mailboxes), mailbox, null, cancellation);

    public static Task<Answer<MailboxSetup>> SaveMailboxAsync(this ApiClient api, long id, int version, SaveMailbox mailbox, CancellationToken cancellation) =>
        api.SendAsync<MailboxSetup>(HttpMethod.Put, Reading.At(Routes.MailboxSettings, id), mailbox, version, cancellation);

    public static Task<Answer<ConnectionReport>> TestMailboxAsync(this ApiClient api, TestMailbox test, CancellationToken cancellation) =>
        api.SendAsync<ConnectionReport>(HttpMethod.Post, Reading.Plain(Routes.MailboxTest), test, null, cancellation, TestPatience);

    public static Task<Answer<FoundSettings>> FindMailboxAsync(this ApiClient api, string address, CancellationToken cancellation) =>
        api.SendAsync<FoundSettings>(HttpMethod.Post, Reading.Plain(Routes.MailboxFind), new FindMailSettings(address), null, cancellation, TestPatience);

    public static Task<Answer<IReadOnlyList<ReplyPreview>>> PreviewRepliesAsync(this ApiClient api, long id, PreviewReply asked, CancellationToken cancellation) =>
        api.SendAsync<IReadOnlyList<ReplyPreview>>(HttpMethod.Post, Reading.At(ReplyRoutes.Preview, id), asked, null, cancellation);

    public static Task<Answer<ReconciliationView>> ReconcileAsync(this ApiClient api, long id, CancellationToken cancellation) =>
        api.SendAsync<ReconciliationView>(HttpMethod.Post, Reading.At(Routes.MailboxReconcile, id), null, null, cancellation);
}
