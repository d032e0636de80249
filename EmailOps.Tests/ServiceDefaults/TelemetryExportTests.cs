using System.Collections.Concurrent;
using System.Diagnostics;
using EmailOps.ServiceDefaults;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace EmailOps.Tests.ServiceDefaults;

public sealed class TelemetryExportTests
{
    [Fact]
    public async Task Traces_metrics_and_logs_arrive_where_the_setting_says()
    {
        var received = new ConcurrentDictionary<string, int>();
        await using var collector = WebApplication.CreateSlimBuilder(["--urls=http://127.0.0.1:0"]).Build();
        collector.MapPost("/v1/{kind}", async (string kind, HttpRequest request) =>
        {
            using var body = new MemoryStream();
            await request.Body.CopyToAsync(body);
            received.AddOrUpdate(kind, (int)body.Length, (_, length) => length + (int)body.Length);
        });
        await collector.StartAsync();

        var builder = WebApplication.CreateSlimBuilder([
            "--urls=http://127.0.0.1:0", $"--OTEL_EXPORTER_OTLP_ENDPOINT={collector.Urls.Single()}", "--OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf", "--OTEL_SERVICE_NAME=a-test"]);
        builder.AddServiceDefaults();
        await using (var app = builder.Build())
        {
            await app.StartAsync();
            using var source = new ActivitySource("EmailOps.Test");
            source.StartActivity("work")?.Dispose();
#pragma warning disable CA1848, CA2254 // One line of a test.
            app.Logger.LogWarning("a line");
#pragma warning restore CA1848, CA2254
            await app.StopAsync();
        }

        Assert.Equal(["logs", "metrics", "traces"], received.Where(kind => kind.Value > 0).Select(kind => kind.Key).Order(StringComparer.Ordinal));
    }
}
