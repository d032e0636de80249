using EmailOps.Core.Mailboxes.Remote;

namespace EmailOps.Core.Mailboxes.Graph;

/// <summary>Between Graph's failures and those of mailboxes behind any provider's API.</summary>
internal static class GraphFailures
{
    /// <param name="isSending">What failed would be seen by people: whether it may have been done counts.</param>
    public static RemoteException Remote(this GraphException failure, bool isSending = false) => new(failure.Kind switch
    {
        GraphFailure.Throttled => RemoteFailure.Throttled,
        GraphFailure.SignIn or GraphFailure.Unauthorised => RemoteFailure.SignedOut,
        GraphFailure.Forbidden => RemoteFailure.Forbidden,
        GraphFailure.NotFound => RemoteFailure.NotFound,
        GraphFailure.Resync => RemoteFailure.CursorLost,
        // A link of another cloud's Graph: the settings were changed.
        GraphFailure.BadAnswer when failure.Code == GraphClient.ForeignLink => RemoteFailure.CursorLost,
        GraphFailure.ServerError => RemoteFailure.ServerError,
        GraphFailure.Refused or GraphFailure.TooLarge => RemoteFailure.Refused,
        _ => RemoteFailure.Unreachable,
    }, failure.Message, failure)
    {
        RetryAfter = failure.RetryAfter,
        MayHaveArrived = isSending && failure.Kind is GraphFailure.Unanswered or GraphFailure.ServerError or GraphFailure.BadAnswer or GraphFailure.TooLarge,
    };

    /// <summary>What a mailbox's token source says, in Graph's words.</summary>
    public static GraphException Graph(this RemoteException failure) => new(failure.Failure switch
    {
        RemoteFailure.SignedOut or RemoteFailure.Forbidden => GraphFailure.SignIn,
        RemoteFailure.Throttled => GraphFailure.Throttled,
        RemoteFailure.ServerError => GraphFailure.ServerError,
        RemoteFailure.Unreachable when failure.MayHaveArrived => GraphFailure.Unanswered,
        RemoteFailure.Unreachable or RemoteFailure.BreakerOpen => GraphFailure.Unreachable,
        _ => GraphFailure.Refused,
    }, failure.Message, failure) { RetryAfter = failure.RetryAfter };
}
