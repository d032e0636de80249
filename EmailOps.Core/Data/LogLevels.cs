using System.Text.Json;
using EmailOps.Core.Contracts;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace EmailOps.Core.Data;

/// <summary>An order to log more, or less, for a while.</summary>
internal sealed record LogLevelOrder(LogLevel Level, DateTimeOffset Until, string By);

/// <summary>The order to all processes how much to log; it ends by itself, so that nobody forgets debug logs on a full disk.</summary>
internal sealed class LogLevels(NpgsqlDataSource source)
{
    public static TimeSpan Longest { get; } = TimeSpan.FromDays(7);
    private const string Key = "log-level";

    /// <returns>Null: each process logs as its settings say.</returns>
    public async Task<LogLevelOrder?> FindAsync(CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        return await Sql.QueryAsync(connection, "select value from installation where key = $1 and (value::jsonb ->> 'until')::timestamptz > now()", [Key], r => r.GetString(0), cancel) is [var value]
            ? JsonSerializer.Deserialize<LogLevelOrder>(value, ContractJson.Options) : null;
    }

    /// <param name="level">Null: as the settings say.</param>
    /// <param name="time">How long, by the database's clock.</param>
    /// <param name="actor">For the audit log.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<LogLevelOrder?> SetAsync(LogLevel? level, TimeSpan time, string actor, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        LogLevelOrder? order = null;
        if (level is { } wanted)
        {
            var now = (await Sql.QueryAsync(connection, "select now()", [], r => r.GetFieldValue<DateTimeOffset>(0), cancel)).Single();
            order = new LogLevelOrder(wanted, now + time, actor);
            await Sql.ExecuteAsync(connection, "insert into installation (key, value) values ($1, $2) on conflict (key) do update set value = excluded.value", [Key, JsonSerializer.Serialize(order, ContractJson.Options)], cancel);
        }
        else await Sql.ExecuteAsync(connection, "delete from installation where key = $1", [Key], cancel);
        await Sql.ExecuteAsync(connection, "insert into audit_entry (at, actor, action, subject_kind, subject_id, detail) values (now(), $1, 'log.level', 'installation', 0, $2)",
            [actor, order is null ? "Logs as the settings say." : $"Logs at {order.Level} until {order.Until.UtcDateTime:yyyy-MM-dd HH:mm} UTC."], cancel);
        await transaction.CommitAsync(cancel);
        return order;
    }
}

/// <summary>Has this process obey the order: looks every few seconds, and without a database logs as its settings say.</summary>
/// <param name="apply">Sets the level; null: as the settings say.</param>
internal sealed class LogLevelWatch(LogLevels levels, Action<LogLevel?> apply, TimeProvider clock, ILogger<LogLevelWatch> log) : BackgroundService
{
    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(3);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        LogLevel? now = null;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var order = await levels.FindAsync(stoppingToken);
                if (order?.Level != now)
                {
                    apply(now = order?.Level);
                    DataLog.LogLevelChanged(log, order is null ? "as the settings say" : $"at {order.Level} until {order.Until.UtcDateTime:yyyy-MM-dd HH:mm} UTC, by order of {order.By}");
                }
            }
            catch (Exception away) when (StoreFailures.Find(away) is not null)
            {
                DataLog.LogLevelUnknown(log, away.Message);
            }
            await Task.Delay(s_look, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
