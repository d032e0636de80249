using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace EmailOps.Tests.Telemetry;

/// <summary>Receives what our processes send over OTLP (http/protobuf) and keeps it.</summary>
internal sealed class OtlpCollector : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<OtlpSpan> _spans = [];
    private readonly ConcurrentQueue<byte[]> _bodies = [];

    private OtlpCollector(WebApplication app) => _app = app;

    public IReadOnlyList<OtlpSpan> Spans => [.. _spans];

    /// <summary>Settings of a process that is to send here, quickly.</summary>
    public (string Name, string Value)[] Settings(string service) =>
    [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", _app.Urls.Single()), ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"), ("OTEL_SERVICE_NAME", service),
        ("OTEL_BSP_SCHEDULE_DELAY", "100"), ("OTEL_BLRP_SCHEDULE_DELAY", "100"), ("OTEL_METRIC_EXPORT_INTERVAL", "1000"),
        ("OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT", "true"),
    ];

    public static async Task<OtlpCollector> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder(["--urls=http://127.0.0.1:0"]);
        builder.Logging.ClearProviders();
        var collector = new OtlpCollector(builder.Build());
        collector._app.MapPost("/v1/{kind}", async (string kind, HttpRequest request) =>
        {
            using var body = new MemoryStream();
            await request.Body.CopyToAsync(body);
            collector._bodies.Enqueue(body.ToArray());
            if (kind == "traces")
                foreach (var span in OtlpSpans.Read(body.ToArray())) collector._spans.Enqueue(span);
        });
        await collector._app.StartAsync();
        return collector;
    }

    /// <summary>Whether any signal of any kind held these words.</summary>
    public bool Heard(string words) => _bodies.Any(body => body.AsSpan().IndexOf(Encoding.UTF8.GetBytes(words)) >= 0);

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
