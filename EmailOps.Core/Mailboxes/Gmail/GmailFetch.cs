using System.Runtime.CompilerServices;
using EmailOps.Core.Mailboxes.Remote;

namespace EmailOps.Core.Mailboxes.Gmail;

/// <summary>Fetches mails many at a time. Those that Google limits are asked for again, fewer at once; an answer that grows too large is asked for in halves.</summary>
internal sealed class GmailFetch(GmailCalls calls, RemotePace pace, RemoteLimits limits)
{
    /// <summary>Of one answer with several mails, in bytes. Guards memory; a single mail may be larger.</summary>
    private const long MostAtOnce = 48L << 20;
    /// <summary>Base64 is a third larger; the rest of the answer is small.</summary>
    private long MostForOne => limits.MaxMessageBytes / 3 * 4 + (256 << 10);

    public async IAsyncEnumerable<RemoteMail> RunAsync(IReadOnlyList<string> ids, [EnumeratorCancellation] CancellationToken cancel)
    {
        var waiting = new Queue<string>(ids);
        var most = int.MaxValue;
        while (waiting.Count > 0)
        {
            await pace.BeforeNextAsync(cancel);
            var some = Take(waiting, Math.Min(pace.Size, most));
            RemoteAnswer?[]? answers = null;
            try
            {
                answers = await calls.BatchAsync("fetch", [.. some.Select(id => $"messages/{id}?format=raw")], some.Count == 1 ? MostForOne : Math.Max(MostAtOnce, MostForOne), cancel);
            }
            catch (RemoteException limit) when (limit.Failure == RemoteFailure.Throttled)
            {
                Back(waiting, some);
                await pace.LimitedAsync(limit, cancel);
                continue;
            }
            catch (RemoteException large) when (large is { Failure: RemoteFailure.Refused, MayHaveArrived: true })
            {
                most = some.Count / 2;
            }
            if (answers is null)
            {
                if (most == 0) yield return new RemoteMail(some[0], null, null, 0, $"It has more bytes than Intake:MaxMessageBytes allows ({limits.MaxMessageBytes:N0}). Raise the limit and retry.");
                else Back(waiting, some);
                most = Math.Max(1, most);
                continue;
            }
            most = int.MaxValue;
            var again = new List<string>();
            RemoteException? limited = null;
            for (var i = 0; i < some.Count; i++)
            {
                if (Mail(some[i], answers[i], ref limited) is { } mail) yield return mail;
                else again.Add(some[i]);
            }
            Back(waiting, again);
            if (limited is not null) await pace.LimitedAsync(limited, cancel);
            else pace.Went();
        }
    }

    /// <returns>Null: to be asked for again.</returns>
    private RemoteMail? Mail(string id, RemoteAnswer? answer, ref RemoteException? limited)
    {
        // A batch that leaves one of its parts unanswered is a broken answer, not a missing mail.
        if (answer is null) throw GmailErrors.NoAnswer();
        if (answer.IsOk)
        {
            var mail = GmailJson.Read(answer.Body, m => GmailJson.Raw(m, limits.MaxMessageBytes));
            return mail.Id == id ? mail : throw GmailErrors.NoAnswer();
        }
        var error = GmailErrors.Of(answer);
        switch (error.Failure)
        {
            case RemoteFailure.Throttled:
                limited = error;
                return null;
            case RemoteFailure.NotFound:
                return new RemoteMail(id, null, null, 0, IsGone: true);
            case RemoteFailure.SignedOut:
                throw error;
            default:
                return new RemoteMail(id, null, null, 0, error.Message);
        }
    }

    private static List<string> Take(Queue<string> from, int most)
    {
        var some = new List<string>(Math.Min(most, from.Count));
        while (some.Count < most && from.TryDequeue(out var id)) some.Add(id);
        return some;
    }

    private static void Back(Queue<string> to, IEnumerable<string> ids)
    {
        foreach (var id in ids) to.Enqueue(id);
    }
}
