using System.Collections.Concurrent;
using EmailOps.Core.Data;
using EmailOps.Core.Delivery;

namespace EmailOps.Worker.Delivery;

/// <summary>Says, while this process has replies in Sending, that it lives. When it stops saying so, others look what became of them.</summary>
internal sealed class SendingOwner(OutboxStore outbox, DeliveryOptions options, IHostApplicationLifetime life, TimeProvider clock, ILogger<SendingOwner> log) : BackgroundService
{
    private static readonly TimeSpan s_stopping = TimeSpan.FromMilliseconds(200);
    private readonly ConcurrentDictionary<long, int> _inHand = new();

    public Guid Id { get; } = Guid.CreateVersion7();

    /// <summary>The row is in this process's hands until the answer is disposed of.</summary>
    public IDisposable Hold(long outboundId)
    {
        _inHand.AddOrUpdate(outboundId, 1, (_, count) => count + 1);
        return new Grip(this, outboundId);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // While the process stops, replies are still on their way.
        while (!stoppingToken.IsCancellationRequested || (!_inHand.IsEmpty && !life.ApplicationStopped.IsCancellationRequested))
        {
            await Task.Delay(stoppingToken.IsCancellationRequested ? s_stopping : options.Lease / 4, clock, stoppingToken.IsCancellationRequested ? life.ApplicationStopped : stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            long[] held = [.. _inHand.Keys];
            if (held.Length == 0) continue;
            try
            {
                await outbox.RenewAsync(Id, held, life.ApplicationStopped);
            }
            catch (Exception failure) when (StoreFailures.IsUnreachable(failure))
            {
                DeliveryLog.NotRenewed(log, held.Length, failure.Message);
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                DeliveryLog.RenewBroke(log, held.Length, failure);
            }
        }
    }

    private sealed class Grip(SendingOwner owner, long id) : IDisposable
    {
        public void Dispose()
        {
            if (owner._inHand.AddOrUpdate(id, 0, (_, count) => count - 1) <= 0) owner._inHand.TryRemove(new KeyValuePair<long, int>(id, 0));
        }
    }
}
