using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace EmailOps.Core.Data;

/// <summary>Brings the schema up to date before anything else of the process starts; register it first. Waits a while for a server that is still starting.</summary>
internal sealed class MigrateAtStart(Migrator migrator, DatabaseOptions options, TimeProvider clock, ILogger<MigrateAtStart> log) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var began = clock.GetTimestamp();
        while (true)
        {
            try
            {
                await migrator.MigrateAsync(cancellationToken);
                return;
            }
            catch (NpgsqlException failure) when (failure.IsTransient && clock.GetElapsedTime(began) < options.StartupWait)
            {
                DataLog.DatabaseNotReady(log, failure.Message);
                await Task.Delay(TimeSpan.FromSeconds(1), clock, cancellationToken);
            }
            catch (NpgsqlException failure) when (failure is not PostgresException)
            {
                throw new UnreachableDatabaseException(StoreFailures.Explain(failure)!, failure);
            }
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

/// <summary>The database could not be reached at start; the message says what to check.</summary>
public sealed class UnreachableDatabaseException(string message, Exception inner) : Exception(message, inner);
