using System.Collections.Concurrent;
using EmailOps.Core.Contracts;
using EmailOps.Core.LanguageModels;
using EmailOps.Core.Mailboxes.Connecting;
using EmailOps.Core.Mailboxes.Remote;

namespace EmailOps.Core.Mailboxes.Graph;

/// <summary>Mailboxes of Microsoft 365 by Graph: behind the provider's breaker, with the mailbox's own token.</summary>
internal sealed class GraphProvider(GraphHttp plain, GraphDiagnosis diagnosis, ProviderBreakers breakers, Microsoft365Options options, TimeProvider clock) : IRemoteProvider, IDisposable
{
    private readonly ModelHttp _http = new(options.MaxAnswerBytes);
    /// <summary>Outlives a visit: who was throttled begins slowly.</summary>
    private readonly ConcurrentDictionary<long, GraphPace> _paces = new();

    public MailboxProvider Provider => MailboxProvider.Graph;

    public IRemoteMailbox Open(OpenedMailbox mailbox, TokenSource token, RemoteLimits limits)
    {
        var calls = new RemoteCalls(Provider, _http, token, breakers, limits.Patience, clock);
        var access = new GraphAccess($"mailbox/{mailbox.Id}", async (operation, make, maxBytes, cancel) =>
        {
            var answer = await calls.SendAsync(operation, make, maxBytes, cancel);
            return new GraphAnswer(answer.Status, answer.Body, answer.RetryAfter);
        }, cancel => token(null, cancel)) { RepeatsFailures = false };
        return new GraphMailbox(new GraphClient(access, options, clock), calls, mailbox.Address, limits, _paces.GetOrAdd(mailbox.Id, id => new GraphPace(id)));
    }

    public async Task CheckAsync(OpenedMailbox mailbox, TokenSource token, StepList steps, CancellationToken cancel)
    {
        if (!await diagnosis.ReachAsync(steps, cancel)) return;
        var access = plain.Access($"mailbox/{mailbox.Id}", token);
        if (!await diagnosis.TokenAsync(steps, access, cancel)) return;
        var opens = await diagnosis.MailboxAsync(steps, access, mailbox.Address, cancel);
        await GraphDiagnosis.PermissionsAsync(steps, access, GraphDiagnosis.NeedsOf(mailbox.Settings), opens, cancel);
    }

    public void Dispose() => _http.Dispose();
}

/// <summary>How many requests of a mailbox are under way at once: halved when Graph says that it is too much, one more after each quiet while, up to the four that Exchange serves.</summary>
internal sealed class GraphPace(long mailboxId)
{
    public const int Most = 4;
    /// <summary>Good answers in a row for one more.</summary>
    private const int Quiet = 50;
    private readonly Lock _lock = new();
    private int _now = Most, _good;

    public int Now
    {
        get
        {
            lock (_lock) return _now;
        }
    }

    public void Throttled() => Set(() => (_now, _good) = (Math.Max(1, _now / 2), 0));

    public void Good() => Set(() =>
    {
        if (_now < Most && ++_good >= Quiet) (_now, _good) = (_now + 1, 0);
    });

    private void Set(Action change)
    {
        lock (_lock)
        {
            change();
            RemoteTelemetry.Batch("graph", mailboxId, _now);
        }
    }
}
