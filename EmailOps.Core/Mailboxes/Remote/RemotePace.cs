using EmailOps.Core.Contracts;
using EmailOps.Core.Telemetry;

namespace EmailOps.Core.Mailboxes.Remote;

/// <summary>
/// How much one mailbox asks of its provider at once, and how fast: half as many and with a pause in between each time it says "too many", and back to all, step
/// by step, once it has been content for a while. Outlives visits.
/// </summary>
internal sealed class RemotePace(MailboxProvider provider, long mailboxId, int full, TimeProvider clock)
{
    /// <summary>Answers without a complaint, after which twice as much is asked again.</summary>
    private const int Contented = 5;
    /// <summary>Complaints in a row, after which the visit ends and the loop waits: people then see it.</summary>
    private const int Most = 5;
    private static readonly TimeSpan s_first = TimeSpan.FromSeconds(1), s_longest = TimeSpan.FromSeconds(60), s_leastPause = TimeSpan.FromMilliseconds(100), s_mostPause = TimeSpan.FromSeconds(5);
    private readonly string _name = ProviderBreakers.Name(provider);
    private int _contented;
    private int _complaints;
    private TimeSpan _pause;

    /// <summary>How many mails to ask for at once.</summary>
    public int Size { get; private set; } = full;

    public int Full { get; } = full;

    /// <summary>The provider is content.</summary>
    public void Went()
    {
        _complaints = 0;
        if (Size == Full && _pause == TimeSpan.Zero || ++_contented < Contented) return;
        (Size, _contented) = (Math.Min(Full, Size * 2), 0);
        _pause = Size == Full || _pause / 2 < s_leastPause ? TimeSpan.Zero : _pause / 2;
        RemoteTelemetry.Batch(_name, mailboxId, Size);
    }

    /// <summary>The pause between two requests while the provider has been limiting; none usually.</summary>
    public Task BeforeNextAsync(CancellationToken cancel) => _pause > TimeSpan.Zero ? Task.Delay(_pause, clock, cancel) : Task.CompletedTask;

    /// <summary>The provider limits: waits for as long as it asked for, or a little longer each time.</summary>
    /// <exception cref="RemoteException">It asks for a long wait, or goes on limiting: the visit is over.</exception>
    public async Task LimitedAsync(RemoteException limit, CancellationToken cancel)
    {
        (Size, _contented) = (Math.Max(1, Size / 2), 0);
        _pause = _pause == TimeSpan.Zero ? s_leastPause : _pause * 2 < s_mostPause ? _pause * 2 : s_mostPause;
        var wait = limit.RetryAfter ?? s_first * Math.Pow(2, _complaints) * (0.75 + Random.Shared.NextDouble() * 0.5);
        RemoteTelemetry.Batch(_name, mailboxId, Size);
        ProviderTelemetry.Limited(_name, wait);
        if (++_complaints > Most || wait > s_longest)
        {
            _complaints = 0;
            throw limit;
        }
        await Task.Delay(wait, clock, cancel);
    }
}
