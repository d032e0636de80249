using System.Collections.Concurrent;
using EmailOps.Core.Contracts;

namespace EmailOps.Core.LanguageModels.Routing;

/// <summary>
/// A breaker a provider: closed, open after failures in a row, half-open for one question when its time is up. Not Polly's, whose state
/// is one process's: here a server that one worker found dead is left alone by all, and people see and force it.
/// </summary>
internal sealed class ModelBreakers(IBreakerStore store, LanguageModelOptions options, TimeProvider clock)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(5);
    private readonly ConcurrentDictionary<string, (BreakerStatus Status, long At)> _seen = new(StringComparer.Ordinal);

    /// <summary>As this process last saw it; for those who only want to know whether asking is worth a thought.</summary>
    public bool SeemsOpen(string provider) => _seen.TryGetValue(provider, out var seen) && !seen.Status.LetsThrough
        && (seen.Status.Force == BreakerForce.Open ? clock.GetElapsedTime(seen.At) < Fresh : clock.GetElapsedTime(seen.At) < seen.Status.Left);

    /// <exception cref="LanguageModelException">It is open.</exception>
    public async Task EnterAsync(string provider, TimeSpan patience, CancellationToken cancel)
    {
        var status = See(await store.ReadAsync(provider, cancel));
        if (status.Force == BreakerForce.Closed || status is { Force: BreakerForce.Auto, State: BreakerState.Closed }) return;
        if (status.Force == BreakerForce.Open) throw new LanguageModelException(ModelFailure.BreakerOpen, $"{provider} is held open by {status.ForcedBy}.");
        // A trial that never reports must not keep others out for longer than it may take.
        if (status.Left is { } left && left > TimeSpan.Zero || !await store.TryAsync(provider, patience + TimeSpan.FromSeconds(5), cancel))
            throw new LanguageModelException(ModelFailure.BreakerOpen, $"{provider} is left alone for {(status.Left ?? TimeSpan.Zero).TotalSeconds:F0} s: {status.Reason}");
    }

    /// <returns>True when it is open now.</returns>
    public async Task<bool> FailedAsync(string provider, LanguageModelException failure, CancellationToken cancel)
        => !See(await store.FailedAsync(provider, failure.Message, options.Breaker, failure.RetryAfter, cancel)).LetsThrough;

    public async Task SucceededAsync(string provider, CancellationToken cancel)
    {
        // Nothing to tell where nothing was wrong, which is nearly always; a failure that another process counted is forgiven with the next look.
        var before = _seen.GetValueOrDefault(provider).Status;
        if (before is null or { State: BreakerState.Closed, Failures: 0 }) return;
        await store.SucceededAsync(provider, cancel);
        See(before with { State = BreakerState.Closed, Failures = 0, Left = null, Reason = null });
    }

    private BreakerStatus See(BreakerStatus status)
    {
        _seen[status.Provider] = (status, clock.GetTimestamp());
        ModelTelemetry.Breaker(status);
        return status;
    }
}
