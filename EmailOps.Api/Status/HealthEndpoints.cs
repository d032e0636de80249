using System.Reflection;
using EmailOps.Api.Keys;
using EmailOps.Api.Outbox;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Core.Data.Checks;
using EmailOps.Core.Data.Lessons;
using EmailOps.Core.Mailboxes.Checking;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace EmailOps.Api.Status;

/// <summary>What every part of the installation says of itself. <c>/health</c> and <c>/alive</c> come with the service defaults.</summary>
internal static class HealthEndpoints
{
    public static void MapHealth(this IEndpointRouteBuilder app) => app.MapGet(Routes.HealthDetailed, Detailed).WithTags("Status").Needs(Permission.Read);

    private static async Task<JsonHttpResult<HealthReportView>> Detailed(NpgsqlDataSource source, ProcessFigures figures, TriageSource triage, ReadingStore readings, DriftStore drifts, ModelStatus models, Caches caches, PoolFigures pool, IEnumerable<IHealthComponent> added, TimeProvider clock, CancellationToken cancel)
    {
        var components = new Dictionary<string, ComponentHealth> { ["database"] = (await DatabaseAsync(source, clock, cancel)) with { Pool = pool.Read() } };
        if (caches.RedisHealth() is { } redis) components["redis"] = redis;
        if (components["database"].Status == Healthy)
        {
            components["queue"] = await QueueAsync(figures, cancel);
            components["triage"] = await TriageAsync(triage, cancel);
            components["llm_service"] = ModelStatus.Health(await models.ViewAsync(cancel));
            components["delivery"] = await DeliveryHealth.AskAsync(source, cancel);
            foreach (var reading in await readings.AllAsync(cancel)) components[$"intake:{reading.Address}"] = IntakeHealth.Of(reading);
            foreach (var (address, drift) in await drifts.LatestAsync(cancel)) components[$"drift:{address}"] = Drift(drift);
            foreach (var component in added) components[component.Name] = await component.AskAsync(cancel);
            // Runbooks ask for it by name.
            components.TryAdd("m365_auth", new ComponentHealth(ModelStatus.NotConfigured, "No mailbox of this installation is read through Microsoft 365."));
        }
        var status = components.Values.Any(c => c.Status == Unhealthy) ? Unhealthy : components.Values.Any(c => c.Status == Degraded) ? Degraded : Healthy;
        var report = new HealthReportView(status, components, Version, (clock.GetUtcNow() - System.Diagnostics.Process.GetCurrentProcess().StartTime.ToUniversalTime()).TotalSeconds);
        return TypedResults.Json(report, ContractJson.Options, statusCode: status == Unhealthy ? 503 : 200);
    }

    private const string Healthy = "healthy";
    /// <summary>Something to look at; the installation works.</summary>
    private const string Warning = "warning";
    private const string Degraded = "degraded";
    private const string Unhealthy = "unhealthy";
    private static string Version { get; } = typeof(HealthEndpoints).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown";

    private static async Task<ComponentHealth> DatabaseAsync(NpgsqlDataSource source, TimeProvider clock, CancellationToken cancel)
    {
        var began = clock.GetTimestamp();
        try
        {
            await using var command = source.CreateCommand("select current_setting('server_version'), (select extversion from pg_extension where extname = 'vector'), (select count(*) from pg_stat_activity where datname = current_database())");
            await using var reader = await command.ExecuteReaderAsync(cancel);
            await reader.ReadAsync(cancel);
            var vector = await reader.IsDBNullAsync(1, cancel) ? "none" : reader.GetString(1);
            return new ComponentHealth(Healthy, $"PostgreSQL {reader.GetString(0)}, pgvector {vector}, {reader.GetInt64(2)} connections", clock.GetElapsedTime(began).TotalMilliseconds);
        }
        catch (Exception failure) when (failure is NpgsqlException or TimeoutException)
        {
            return new ComponentHealth(Unhealthy, $"The database does not answer: {failure.Message} Check ConnectionStrings__emailops and that PostgreSQL runs.");
        }
    }

    private static ComponentHealth Drift(DriftView drift) => drift.Warnings.Count > 0
        ? new ComponentHealth(Warning, $"{string.Join(' ', drift.Warnings)} See Model in the console.")
        : new ComponentHealth(Healthy, $"The last week's mail ({drift.Current:N0} messages) is like that of the four weeks before.");

    private static async Task<ComponentHealth> QueueAsync(ProcessFigures figures, CancellationToken cancel)
    {
        var status = await figures.StatusAsync(cancel);
        var oldest = status.Stages.Max(s => s.OldestReadySeconds) ?? 0;
        if (oldest > 300) return new ComponentHealth(Degraded, $"{status.CurrentQueueSize} items wait, the oldest for {oldest:F0} s. Check that a worker runs.");
        return status.DeadLetters > 0
            ? new ComponentHealth(Degraded, $"{status.DeadLetters} dead letters wait for a person; see Problems in the console.")
            : new ComponentHealth(Healthy, $"{status.CurrentQueueSize} items wait.");
    }

    private static async Task<ComponentHealth> TriageAsync(TriageSource triage, CancellationToken cancel)
    {
        try
        {
            var pipeline = await triage.PipelineAsync(cancel);
            return new ComponentHealth(Healthy, $"{pipeline.Agents.Count} agents, model {pipeline.ModelVersion}, taxonomy {triage.Taxonomy.Name} version {triage.Taxonomy.Version}");
        }
        catch (Core.Triage.Taxonomies.TaxonomyException failure)
        {
            return new ComponentHealth(Unhealthy, failure.Message);
        }
    }
}
