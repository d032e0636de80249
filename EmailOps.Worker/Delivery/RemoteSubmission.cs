using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Core.Delivery;
using EmailOps.Core.Mailboxes.Remote;

namespace EmailOps.Worker.Delivery;

/// <summary>Hands replies to a provider's API. The same rules as with SMTP: once, and what is not certain is unclear.</summary>
internal sealed class RemoteSubmission(IRemoteMailbox client, MailboxProvider provider, RemoteFolderStore places, TimeProvider clock) : IOutgoing
{
    /// <summary>How long an answer is waited for while the process ends.</summary>
    private static readonly TimeSpan s_goodbye = TimeSpan.FromSeconds(5);
    private SendOutcome? _down;

    public async Task<SendOutcome> SendAsync(Departure reply, CancellationToken stopping)
    {
        if (_down is { } down) return down;
        var answered = await places.AnsweredAsync(reply.MessageId, provider.ToString(), CancellationToken.None);
        if (stopping.IsCancellationRequested) return new SendOutcome(SendResult.NotNow, null, "EmailOps was stopped before it left.");
        using var enough = new CancellationTokenSource(Timeout.InfiniteTimeSpan, clock);
        await using var ends = stopping.Register(() => enough.CancelAfter(s_goodbye));
        try
        {
            var receipt = await client.SendAsync(new RemoteReply(reply.InternetMessageId, reply.Recipient, reply.Raw, answered?.ServerId, answered?.Thread, clock.GetUtcNow()), enough.Token);
            return new SendOutcome(SendResult.Accepted, receipt.Said, $"{provider} took it.");
        }
        catch (RemoteException failure)
        {
            var outcome = Of(failure);
            // Not tried again with every reply of the batch; a refusal is this reply's own.
            if (outcome.Result == SendResult.NotNow) _down = outcome;
            return outcome;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The request may have been on its way; nobody waited for the answer.
            return new SendOutcome(SendResult.Unclear, null, "EmailOps was stopped while it left.");
        }
    }

    private static SendOutcome Of(RemoteException failure) => failure switch
    {
        { MayHaveArrived: true } => new(SendResult.Unclear, null, failure.Message),
        { Failure: RemoteFailure.Refused or RemoteFailure.NotFound } => new(SendResult.Refused, failure.Message, $"{failure.Message} It was not sent. Undo to change it, or send it again once the cause is mended."),
        _ => new(SendResult.NotNow, null, $"{failure.Message} It is tried again by itself."),
    };

    public ValueTask DisposeAsync() => client.DisposeAsync();
}
