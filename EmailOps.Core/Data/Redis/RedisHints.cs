using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace EmailOps.Core.Data.Redis;

/// <summary>
/// Hints by Redis, and by PostgreSQL while it is away: which one is decided at sending, here alone. Everybody hears both, so nobody has to agree on who serves.
/// What a process that dies takes with it, and what a subscriber misses while its own way to Redis is cut, is found by polling.
/// </summary>
internal sealed class RedisHints(RedisLink link, WakeUps wakeUps, NpgsqlDataSource source, ILogger<RedisHints> log) : BackgroundService, IHintCarrier
{
    /// <summary>Hints waiting to be sent. Beyond it the oldest go: then everybody is awake anyway.</summary>
    private const int MostWaiting = 4096;
    private const char Between = '|';
    private readonly Channel<(string Channel, string Payload)> _waiting = System.Threading.Channels.Channel.CreateBounded<(string, string)>(new BoundedChannelOptions(MostWaiting) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
    private IDisposable? _carrying;

    public void Carry(string channel, string payload) => _waiting.Writer.TryWrite((channel, payload));

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        link.Heard += Hear;
        link.Returned += wakeUps.LookAgain;
        _carrying = Hints.CarriedBy(this, source);
        return base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        _carrying?.Dispose();
        link.Heard -= Hear;
        link.Returned -= wakeUps.LookAgain;
        _waiting.Writer.TryComplete();
        // What was announced last leaves before we do.
        if (ExecuteTask is { } sending) await sending.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await base.StopAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var batch = new HashSet<(string Channel, string Payload)>();
        try
        {
            while (await _waiting.Reader.WaitToReadAsync(stoppingToken))
            {
                while (_waiting.Reader.TryRead(out var hint)) batch.Add(hint);
                await SendAsync(batch, stoppingToken);
                batch.Clear();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return;
        }
    }

    public override void Dispose()
    {
        _carrying?.Dispose();
        base.Dispose();
    }

    private async Task SendAsync(IReadOnlyCollection<(string Channel, string Payload)> batch, CancellationToken cancel)
    {
        var channel = link.Keys.Channel("hints");
        var sent = await Task.WhenAll(batch.Select(async hint => (hint, IsSent: await link.AskAsync("PUBLISH", channel, $"{hint.Channel}{Between}{hint.Payload}") is not null)));
        if (Array.TrueForAll(sent, s => s.IsSent)) return;
        try
        {
            var left = sent.Where(s => !s.IsSent).Select(s => s.hint).ToList();
            await using var connection = await source.OpenConnectionAsync(cancel);
            await Sql.ExecuteAsync(connection, "select pg_notify(c, p) from unnest($1, $2) as h (c, p)", [left.Select(h => h.Channel).ToArray(), left.Select(h => h.Payload).ToArray()], cancel);
        }
        catch (Exception failure) when (failure is NpgsqlException or TimeoutException)
        {
            RedisLog.HintsLost(log, failure.Message);
        }
    }

    private void Hear(string hint)
    {
        var between = hint.IndexOf(Between, StringComparison.Ordinal);
        if (between > 0) wakeUps.Publish(hint[..between], hint[(between + 1)..]);
    }
}
