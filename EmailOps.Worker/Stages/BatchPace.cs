using EmailOps.Core.Work;

namespace EmailOps.Worker.Stages;

/// <summary>How many items a loop claims: as many as take about <c>Work:BatchTime</c>, learned from batch to batch. So fast stages claim hundreds and slow ones one.</summary>
internal sealed class BatchPace(WorkOptions options)
{
    private const int First = 16, Growth = 4;

    public int Most { get; private set; } = Math.Min(First, options.BatchSize);

    public void Took(int items, TimeSpan time)
    {
        var fits = options.BatchTime.TotalSeconds * items / Math.Max(time.TotalSeconds, 1e-6);
        // A batch that was not full says less: fixed costs weigh more in it.
        if (fits >= Most || items == Most) Most = (int)Math.Clamp(fits, 1, Math.Min(options.BatchSize, Most * (double)Growth));
    }
}
