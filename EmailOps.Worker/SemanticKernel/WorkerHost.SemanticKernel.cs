using EmailOps.Core.Data;
using EmailOps.Core.LanguageModels;
using EmailOps.Core.LanguageModels.Ollama.Through;
using EmailOps.Worker.Functions;
using EmailOps.Worker.SemanticKernel;
using Microsoft.SemanticKernel;
using OpenTelemetry.Metrics;

namespace EmailOps.Worker;

/// <summary>What the worker has in the aspire topology only: registrations, and nothing that behaves.</summary>
public static partial class WorkerHost
{
    static partial void AddTopology(WebApplicationBuilder builder)
    {
        // The last source of a kind is asked: Ollama goes through the connector. IChatClient stays the router over all providers, for the kernel as for the stages.
        builder.Services.AddSingleton<IProviderSource>(s => new OllamaThrough(s.GetRequiredService<ModelHttp>(), s.GetRequiredService<TimeProvider>(), KernelClients.Chat, KernelClients.Embeddings));
        builder.Services.AddKernel();
        builder.Services.AddSingleton(s => KernelPluginFactory.CreateFromObject(new TriagePlugin(s.GetRequiredService<TriageFunctions>()), TriagePlugin.Name));
        builder.Services.AddSingleton(s => KernelPluginFactory.CreateFromObject(new KnowledgePlugin(s.GetRequiredService<KnowledgeFunctions>()), KnowledgePlugin.Name));

        // Retries would break the transactions of the store, which retry as a whole; traces leave by our own export.
        builder.EnrichNpgsqlDbContext<EmailOpsDb>(settings =>
        {
            settings.DisableRetry = true;
            settings.DisableTracing = true;
        });
        builder.Services.AddOpenTelemetry().WithMetrics(metrics => metrics.AddMeter("EmailOps", "EmailOps.*").AddPrometheusExporter());
    }

    // Beside our own /metrics, which both topologies have and dashboards read.
    static partial void MapTopology(WebApplication app) => app.MapPrometheusScrapingEndpoint("/metrics/opentelemetry");
}
