using System.Runtime.CompilerServices;

namespace EmailOps.Mail.Imap;

public sealed partial class ImapClient
{
    private bool _refusesParts;

    /// <summary>
    /// Messages of the open folder, as they come: several commands are under way at once and Dovecot mixes their answers, so the order is none to rely
    /// on (<see cref="ImapFetch.OneAtATime"/> gives windows in rising order). The server waits when the consumer does. UIDs that no longer exist are left out; a message that the server cannot give comes with a <see cref="ImapMessage.Problem"/>, one over the limit
    /// as its head (<see cref="ImapMessage.IsCut"/>). \Seen is never set. Leaving the loop early reads past what was asked for already, at most
    /// <see cref="ImapLimits.FetchesInFlight"/> windows. No other operation may run inside the loop.
    /// </summary>
    /// <exception cref="ImapCommandException">The server refuses to fetch at all, or for now.</exception>
    public async IAsyncEnumerable<ImapMessage> FetchAsync(UidSet uids, ImapFetch? fetch = null, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        using var turn = _session.Enter();
        fetch ??= new ImapFetch();
        var reader = _session.Reader;
        // One byte beyond the limit is asked for, and must not be taken for excess.
        reader.MaxContent = (int)Math.Min((long)Math.Clamp(fetch.MaxMessageBytes ?? _limits.MaxMessageBytes, 1, _limits.MaxMessageBytes) + 1, int.MaxValue);
        (reader.HeadBytes, reader.OwnedBytes) = (_limits.HeadBytes, fetch.OwnedBytes);
        _session.State.ExpectsFetch = true;
        var run = new ImapFetchRun(_session, _limits, fetch, uids) { RefusesParts = _refusesParts };
        try
        {
            while (await run.NextAsync(cancel) is { } message)
                yield return message;
        }
        finally
        {
            _refusesParts = run.RefusesParts;
            if (run.IsUnderWay && IsUsable)
                await run.DrainAsync(cancel);
            _session.State.ExpectsFetch = false;
        }
    }
}
