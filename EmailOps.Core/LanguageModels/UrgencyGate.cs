namespace EmailOps.Core.LanguageModels;

/// <summary>So many at a time; among those that wait the most urgent goes first, then the one that came first.</summary>
internal sealed class UrgencyGate(int places)
{
    private readonly Lock _turn = new();
    private readonly PriorityQueue<Waiter, (int Urgency, long Number)> _waiting = new();
    private int _free = places;
    private long _number;

    /// <summary>How many wait.</summary>
    public int Waiting
    {
        get
        {
            lock (_turn) return _waiting.Count;
        }
    }

    /// <returns>Give the place back by disposing.</returns>
    public async Task<IDisposable> EnterAsync(int urgency, CancellationToken cancel)
    {
        Waiter waiter;
        lock (_turn)
        {
            if (_free > 0)
            {
                _free--;
                return new Place(this);
            }
            waiter = new Waiter();
            _waiting.Enqueue(waiter, (-urgency, _number++));
        }
        await using var registration = cancel.UnsafeRegister(static (w, token) => ((Waiter)w!).TrySetCanceled(token), waiter);
        await waiter.Task;
        return new Place(this);
    }

    private void Leave()
    {
        lock (_turn)
        {
            // Those who gave up have their result already and are passed over.
            while (_waiting.TryDequeue(out var next, out _))
                if (next.TrySetResult()) return;
            _free++;
        }
    }

    private sealed class Waiter() : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    private sealed class Place(UrgencyGate gate) : IDisposable
    {
        private int _left;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _left, 1) == 0) gate.Leave();
        }
    }
}
