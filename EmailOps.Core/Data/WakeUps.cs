using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace EmailOps.Core.Data;

/// <summary>
/// One connection that listens to PostgreSQL notifications and hands them to whoever subscribed in this process, beside those that Redis brings where there is one.
/// A notification is a hint: everything also works by polling while the connection is down.
/// </summary>
internal sealed class WakeUps(NpgsqlDataSource source, TimeProvider clock, ILogger<WakeUps> log) : BackgroundService
{
    private static readonly TimeSpan AskEvery = TimeSpan.FromSeconds(30);
    /// <summary>Listened to in this order.</summary>
    internal static readonly string[] Channels = [WorkQueue.Channel, LiveEvents.Channel, MailboxStore.Channel, LoopStore.Channel, Lessons.LearnedModels.Channel];
    private readonly ConcurrentDictionary<Subscription, byte> _subscriptions = new();

    /// <summary>Payloads of one channel from now on; slow readers lose the oldest, never block others.</summary>
    public Subscription Subscribe(string channel)
    {
        var subscription = new Subscription(channel, this);
        _subscriptions[subscription] = 0;
        return subscription;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var pause = TimeSpan.FromSeconds(1);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await using var connection = await source.OpenConnectionAsync(stoppingToken);
                connection.Notification += (_, e) => Publish(e.Channel, e.Payload);
                foreach (var channel in Channels)
                {
                    await using var listen = new NpgsqlCommand($"listen {channel}", connection);
                    await listen.ExecuteNonQueryAsync(stoppingToken);
                }
                LookAgain(); // what came while we were away
                pause = TimeSpan.FromSeconds(1);
                while (true)
                {
                    // A connection whose other end vanished says nothing for ever; asking finds out.
                    if (await connection.WaitAsync(AskEvery, stoppingToken)) continue;
                    await using var ask = new NpgsqlCommand("select 1", connection);
                    await ask.ExecuteNonQueryAsync(stoppingToken);
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                DataLog.ListenFailed(log, failure.Message, pause.TotalSeconds);
                await Task.Delay(pause, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                pause = TimeSpan.FromSeconds(Math.Min(30, pause.TotalSeconds * 2));
            }
        }
    }

    /// <summary>Everybody looks for what they were not told.</summary>
    public void LookAgain()
    {
        foreach (var channel in Channels) Publish(channel, "");
    }

    public void Publish(string channel, string payload)
    {
        foreach (var (subscription, _) in _subscriptions)
            if (subscription.Channel == channel) subscription.Offer(payload);
    }

    internal sealed class Subscription(string channel, WakeUps owner) : IDisposable
    {
        private readonly Channel<string> _payloads = System.Threading.Channels.Channel.CreateBounded<string>(
            new BoundedChannelOptions(256) { FullMode = BoundedChannelFullMode.DropOldest });

        public string Channel { get; } = channel;
        public ChannelReader<string> Payloads => _payloads.Reader;
        public void Offer(string payload) => _payloads.Writer.TryWrite(payload);
        public void Dispose() => owner._subscriptions.TryRemove(this, out _);
    }
}
