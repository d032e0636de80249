using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using EmailOps.Core.Contracts;
using EmailOps.Core.LanguageModels.Routing;
using Microsoft.Extensions.AI;

namespace EmailOps.Core.LanguageModels;

/// <summary>
/// Spans and metrics of calls to models, by OpenTelemetry's conventions for generative AI (gen_ai.*), and our own beside them. Never a word of a question
/// or an answer, whatever OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT says: they are people's mail.
/// </summary>
internal static class ModelTelemetry
{
    public const string Name = "EmailOps.LanguageModels";
    private static readonly ActivitySource Source = new(Name);
    private static readonly Meter Meter = new(Name);
    private static readonly Histogram<double> Duration = Meter.CreateHistogram("gen_ai.client.operation.duration", "s", "Seconds one call to a model took",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92] });
    private static readonly Histogram<long> Tokens = Meter.CreateHistogram("gen_ai.client.token.usage", "{token}", "Tokens of one call",
        advice: new InstrumentAdvice<long> { HistogramBucketBoundaries = [1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304] });
    private static readonly Counter<long> Calls = Meter.CreateCounter<long>("emailops.model.calls", "{call}", "Calls to language models, by outcome");
    private static readonly Counter<long> Used = Meter.CreateCounter<long>("emailops.model.tokens", "{token}", "Tokens used, by direction");
    private static readonly Counter<double> Cost = Meter.CreateCounter<double>("emailops.model.cost", null, "Money spent on language models, in the currency of the prices");
    private static readonly Counter<long> Cached = Meter.CreateCounter<long>("emailops.model.cache", "{lookup}", "Looks into the cache of answers, by result");
    private static readonly ConcurrentDictionary<string, BreakerStatus> Breakers = new(StringComparer.Ordinal);
    private static readonly ObservableGauge<int> Open = Meter.CreateObservableGauge("emailops.model.breaker.state", () => Breakers.Values.Select(b =>
        new Measurement<int>(b.Force == BreakerForce.Open ? 2 : b.Force == BreakerForce.Closed ? 0 : (int)b.State, new KeyValuePair<string, object?>("provider", b.Provider))), null, "0 closed, 1 half-open, 2 open");

    public static void Breaker(BreakerStatus status) => Breakers[status.Provider] = status;

    public static void Looked(bool found) => Cached.Add(1, new KeyValuePair<string, object?>("result", found ? "hit" : "miss"));

    /// <param name="operation">chat or embeddings.</param>
    public static Activity? Start(string operation, ModelProvider provider, string model, string prompt)
    {
        var activity = Source.StartActivity($"{operation} {model}", ActivityKind.Client);
        if (activity is not { IsAllDataRequested: true }) return activity;
        return activity.SetTag("gen_ai.operation.name", operation).SetTag("gen_ai.provider.name", System(provider)).SetTag("gen_ai.request.model", model)
            .SetTag("server.address", provider.Endpoint.Host).SetTag("server.port", provider.Endpoint.Port)
            .SetTag("emailops.prompt", prompt).SetTag("emailops.provider", provider.Name);
    }

    public static void Done(Activity? activity, string operation, ModelProvider provider, string model, UsageDetails? usage, string? answered, ChatFinishReason? finish, decimal cost, TimeSpan took)
    {
        if (activity is { IsAllDataRequested: true })
        {
            activity.SetTag("gen_ai.response.model", answered).SetTag("gen_ai.usage.input_tokens", usage?.InputTokenCount).SetTag("gen_ai.usage.output_tokens", usage?.OutputTokenCount);
            if (finish is { } reason) activity.SetTag("gen_ai.response.finish_reasons", new[] { reason.Value });
        }
        var tags = Tags(operation, provider, model);
        if (usage?.InputTokenCount is { } tokensIn)
        {
            Tokens.Record(tokensIn, [.. tags, new("gen_ai.token.type", "input")]);
            Used.Add(tokensIn, new("provider", provider.Name), new("model", model), new("direction", "in"));
        }
        if (usage?.OutputTokenCount is { } tokensOut)
        {
            Tokens.Record(tokensOut, [.. tags, new("gen_ai.token.type", "output")]);
            Used.Add(tokensOut, new("provider", provider.Name), new("model", model), new("direction", "out"));
        }
        if (cost > 0) Cost.Add((double)cost, new("provider", provider.Name), new("model", model));
        Finished(operation, provider, model, "ok", took);
    }

    public static void Failed(Activity? activity, string operation, ModelProvider provider, string model, string reason, TimeSpan took)
    {
        activity?.SetTag("error.type", reason).SetStatus(ActivityStatusCode.Error);
        Finished(operation, provider, model, reason, took);
    }

    private static void Finished(string operation, ModelProvider provider, string model, string outcome, TimeSpan took)
    {
        Calls.Add(1, new("provider", provider.Name), new("model", model), new("outcome", outcome));
        var tags = Tags(operation, provider, model);
        if (outcome == "ok") Duration.Record(took.TotalSeconds, tags);
        else Duration.Record(took.TotalSeconds, [.. tags, new("error.type", outcome)]);
    }

    private static KeyValuePair<string, object?>[] Tags(string operation, ModelProvider provider, string model)
        => [new("gen_ai.operation.name", operation), new("gen_ai.provider.name", System(provider)), new("gen_ai.request.model", model), new("server.address", provider.Endpoint.Host)];

    private static string System(ModelProvider provider) => provider.Kind == ProviderKind.Ollama ? "ollama" : "openai";
}
