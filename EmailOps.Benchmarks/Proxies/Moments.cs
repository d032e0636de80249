using System.Collections.Concurrent;

namespace EmailOps.Benchmarks.Proxies;

/// <summary>Hears every moment from all proxies, counts them, and does what was armed for one of them while its bytes wait.</summary>
internal sealed class Moments
{
    private readonly Lock _lock = new();
    private readonly ConcurrentDictionary<Moment, int> _seen = new();
    private Armed? _armed;

    /// <summary>How often each was reached.</summary>
    public IReadOnlyDictionary<Moment, int> Seen => _seen;

    /// <summary>
    /// The next time the moment is reached (after <paramref name="skip"/> other times) its connection stands still, <paramref name="act"/> runs, and the
    /// connection is cut; bytes that were held back never arrive. Replaces what was armed before.
    /// </summary>
    /// <returns>Ends when the action has ended; cancelled when replaced or disarmed.</returns>
    public Task ArmAsync(Moment moment, Func<Task> act, int skip = 0)
    {
        lock (_lock)
        {
            _armed?.Done.TrySetCanceled();
            _armed = new Armed(moment, skip, act, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            return _armed.Done.Task;
        }
    }

    /// <returns>False when the moment was reached just now: its action runs.</returns>
    public bool Disarm()
    {
        lock (_lock)
        {
            var armed = _armed;
            _armed = null;
            return armed?.Done.TrySetCanceled() ?? false;
        }
    }

    /// <summary>Called by a proxy before the next byte passes.</summary>
    /// <returns>True: go on. False: cut the connection.</returns>
    public async Task<bool> ReachedAsync(Moment moment)
    {
        _seen.AddOrUpdate(moment, 1, (_, count) => count + 1);
        Armed mine;
        lock (_lock)
        {
            if (_armed is not { } armed || armed.Moment != moment) return true;
            if (armed.Skip > 0)
            {
                _armed = armed with { Skip = armed.Skip - 1 };
                return true;
            }
            mine = armed;
            _armed = null;
        }
        try
        {
            await mine.Act();
            mine.Done.TrySetResult();
        }
        catch (Exception failure)
        {
            mine.Done.TrySetException(failure);
        }
        return false;
    }

    private sealed record Armed(Moment Moment, int Skip, Func<Task> Act, TaskCompletionSource Done);
}
