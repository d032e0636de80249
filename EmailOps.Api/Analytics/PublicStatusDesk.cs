using EmailOps.Api.Outbox;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Core.Data.Analytics;
using Npgsql;

namespace EmailOps.Api.Analytics;

/// <summary>Makes the public status from what health knows, and leaves out everything that is nobody's business. Made once in a while, however many ask.</summary>
internal sealed class PublicStatusDesk(NpgsqlDataSource source, ProcessFigures figures, ReadingStore readings, SystemSamples samples, TimeProvider clock) : IDisposable
{
    private const int Days = 30, LongWait = 300;
    private static readonly TimeSpan s_keep = TimeSpan.FromSeconds(15);
    private readonly SemaphoreSlim _turn = new(1, 1);
    private PublicStatus? _last;

    public async Task<PublicStatus> ReadAsync(CancellationToken cancel)
    {
        await _turn.WaitAsync(cancel);
        try
        {
            if (_last is { } last && clock.GetUtcNow() - last.UpdatedAt < s_keep) return last;
            return _last = await MakeAsync(cancel);
        }
        catch (Exception failure) when (failure is not OperationCanceledException && StoreFailures.IsUnreachable(failure))
        {
            return _last = new PublicStatus(PublicStatus.Outage, clock.GetUtcNow(), [new PublicComponent("Mail processing", PublicStatus.Outage, null, [])]);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<PublicStatus> MakeAsync(CancellationToken cancel)
    {
        var up = (await samples.UpAsync(Days, cancel)).ToLookup(d => d.Role);
        var process = await figures.StatusAsync(cancel);
        var reading = (await readings.AllAsync(cancel)).ConvertAll(r => IntakeHealth.Of(r).Status);
        List<PublicComponent> components =
        [
            Component("Web and API", PublicStatus.Operational, up[SystemSamples.Api]),
            Component("Mail processing", process.Workers.Count == 0 ? PublicStatus.Outage : process.Stages.Max(s => s.OldestReadySeconds) > LongWait ? PublicStatus.Degraded : PublicStatus.Operational, up[SystemSamples.Worker]),
        ];
        if (reading.Count > 0)
            components.Add(new PublicComponent("Receiving mail", reading.TrueForAll(s => s == IntakeHealth.Unhealthy) ? PublicStatus.Outage : reading.TrueForAll(s => s == IntakeHealth.Healthy) ? PublicStatus.Operational : PublicStatus.Degraded, null, []));
        var delivery = (await DeliveryHealth.AskAsync(source, cancel)).Status;
        if (delivery != ModelStatus.NotConfigured) components.Add(new PublicComponent("Sending replies", delivery == ModelStatus.Healthy ? PublicStatus.Operational : PublicStatus.Degraded, null, []));
        return new PublicStatus(PublicStatus.WorstOf(components.Select(c => c.Status)), clock.GetUtcNow(), components);
    }

    private static PublicComponent Component(string name, string status, IEnumerable<DayUp> days)
    {
        var watched = days.Where(d => d.Minutes > 0).ToArray();
        var minutes = watched.Sum(d => d.Minutes);
        return new PublicComponent(name, status, minutes == 0 ? null : Percent(watched.Sum(d => d.Up), minutes), [.. watched.Select(d => new PublicDay(d.Day, Percent(d.Up, d.Minutes)))]);
    }

    private static double Percent(long up, long minutes) => Math.Round(Math.Min(100, 100.0 * up / minutes), 3);

    public void Dispose() => _turn.Dispose();
}
