using System.Collections.Concurrent;
using EmailOps.Core.Contracts;
using EmailOps.Core.LanguageModels.Routing;

namespace EmailOps.Core.Mailboxes.Remote;

/// <summary>
/// A breaker for each mail provider, shared by all processes beside those of language models. Only what says that a provider is down for everybody counts
/// (no connection, 5xx); a mailbox that is signed out or limited is its own affair.
/// </summary>
internal sealed class ProviderBreakers(IBreakerStore store, RemoteOptions options, TimeProvider clock)
{
    /// <summary>How long a state is believed before the store is asked again: an order of a person is obeyed within it.</summary>
    private static readonly TimeSpan s_fresh = TimeSpan.FromSeconds(2);
    private readonly ConcurrentDictionary<string, (BreakerStatus Status, long At)> _seen = new(StringComparer.Ordinal);

    /// <summary>The store's name for it; language models have the plain names.</summary>
    public static string Key(MailboxProvider provider) => $"mail:{Name(provider)}";

    public static string Name(MailboxProvider provider) => provider.ToString().ToLowerInvariant();

    public async Task<BreakerStatus> ReadAsync(MailboxProvider provider, CancellationToken cancel) => See(provider, await store.ReadAsync(Key(provider), cancel));

    public async Task<BreakerStatus> ForceAsync(MailboxProvider provider, BreakerForce force, string actor, string why, CancellationToken cancel)
        => See(provider, await store.ForceAsync(Key(provider), force, actor, why, cancel));

    /// <exception cref="RemoteException">With <see cref="RemoteFailure.BreakerOpen"/>.</exception>
    public async Task EnterAsync(MailboxProvider provider, TimeSpan patience, CancellationToken cancel)
    {
        var status = _seen.TryGetValue(Key(provider), out var seen) && clock.GetElapsedTime(seen.At) < s_fresh && seen.Status is { State: BreakerState.Closed } or { Force: BreakerForce.Closed } ? seen.Status : await ReadAsync(provider, cancel);
        if (status.Force == BreakerForce.Closed || status is { Force: BreakerForce.Auto, State: BreakerState.Closed }) return;
        if (status.Force == BreakerForce.Open) throw new RemoteException(RemoteFailure.BreakerOpen, $"{provider} is held open by {status.ForcedBy}: it is not asked until somebody runs: emailops provider breaker {Name(provider)} auto");
        if (status.Left is { } left && left > TimeSpan.Zero || !await store.TryAsync(Key(provider), patience + TimeSpan.FromSeconds(5), cancel))
            throw new RemoteException(RemoteFailure.BreakerOpen, $"{provider} is left alone for {(status.Left ?? TimeSpan.Zero).TotalSeconds:F0} s more: {status.Reason}") { RetryAfter = status.Left };
    }

    public async Task FailedAsync(MailboxProvider provider, string reason, CancellationToken cancel) => See(provider, await store.FailedAsync(Key(provider), reason, options.Breaker, null, cancel));

    public async Task SucceededAsync(MailboxProvider provider, CancellationToken cancel)
    {
        if (!_seen.TryGetValue(Key(provider), out var seen) || seen.Status is { State: BreakerState.Closed, Failures: 0 }) return;
        await store.SucceededAsync(Key(provider), cancel);
        See(provider, seen.Status with { State = BreakerState.Closed, Failures = 0, Left = null, Reason = null });
    }

    private BreakerStatus See(MailboxProvider provider, BreakerStatus status)
    {
        _seen[Key(provider)] = (status, clock.GetTimestamp());
        RemoteTelemetry.Breaker(Name(provider), status);
        return status;
    }
}
