using System.Diagnostics;
using System.Text;
using System.Text.Json;
using EmailOps.Core.Contracts;
using EmailOps.Tests.Hosts;
using EmailOps.Tests.Store;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace EmailOps.Tests.Api;

[Collection(SampleInstallation.Name)]
public sealed class StatusTests(SampleInstallation installation)
{
    private ApiCaller Caller => installation.Caller;

    [Theory]
    [InlineData("/health")]
    [InlineData("/alive")]
    public async Task Health_is_open_to_everybody_and_says_that_all_is_well(string path)
    {
        using var anybody = new ApiCaller(installation.Api.Address(), null);

        var health = await anybody.GetAsync<JsonElement>(path);

        Assert.Equal("healthy", health.GetProperty("status").GetString(), ignoreCase: true);
    }

    [Fact]
    public async Task Detailed_health_names_each_component()
    {
        var report = await Caller.GetAsync<HealthReportView>(Routes.HealthDetailed);

        Assert.Contains("pgvector", report.Components["database"].Detail, StringComparison.Ordinal);
        Assert.All(["database", "queue", "triage", "llm_service"], name => Assert.Contains(name, report.Components.Keys));
        Assert.Equal("healthy", report.Components["triage"].Status);
    }

    [Fact]
    public async Task Process_status_has_the_names_that_runbooks_use()
    {
        var status = await Caller.GetAsync<JsonElement>(Routes.ProcessStatus);

        Assert.All(["emails_processed_today", "current_queue_size", "dead_letters", "stages", "processing_stats"], name => Assert.True(status.TryGetProperty(name, out _), name));
        Assert.Equal(1.0, status.GetProperty("processing_stats").GetProperty("success_rate").GetDouble());
        Assert.True(status.GetProperty("emails_processed_today").GetInt64() > 50);
        using var trigger = await Caller.SendAsync(HttpMethod.Post, Routes.ProcessTrigger, new TriggerRequest());
        Assert.Equal(System.Net.HttpStatusCode.Accepted, trigger.StatusCode);
        using var bare = await Caller.SendAsync(HttpMethod.Post, Routes.ProcessTrigger, null);
        Assert.Equal(System.Net.HttpStatusCode.Accepted, bare.StatusCode);
    }

    [Fact]
    public async Task Metrics_are_what_prometheus_reads_and_count_the_stages()
    {
        using var http = new HttpClient();
        var text = await http.GetStringAsync(new Uri(installation.Worker.Address(), "/metrics"));

        foreach (var stage in new[] { "Triage", "Policy" })
            Assert.Contains(text.Split('\n'), l => l.StartsWith("emailops_stage_items", StringComparison.Ordinal) && l.Contains($"stage=\"{stage}\"", StringComparison.Ordinal) && l.Contains("outcome=\"done\"", StringComparison.Ordinal));
        Assert.Contains("emailops_queue_size", text, StringComparison.Ordinal);
        Assert.Contains("emailops_intake_messages", text, StringComparison.Ordinal);

        if (!File.Exists("/usr/bin/promtool"))
        {
            Console.WriteLine("SKIPPED: promtool is not installed; only the names of the metrics were looked at.");
            return;
        }
        using var promtool = Process.Start(new ProcessStartInfo("/usr/bin/promtool", "check metrics") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
        // The process of the tests has other tests' instruments too.
        string[] ours = ["emailops_", "http_", "kestrel_", "aspnetcore_", "dotnet_", "db_", "process_"];
        await promtool.StandardInput.WriteAsync(string.Concat(text.Split('\n').Where(l => ours.Any(o => l.StartsWith(o, StringComparison.Ordinal) || l.StartsWith("# HELP " + o, StringComparison.Ordinal) || l.StartsWith("# TYPE " + o, StringComparison.Ordinal))).Select(l => l + "\n")));
        promtool.StandardInput.Close();
        var said = await promtool.StandardError.ReadToEndAsync() + await promtool.StandardOutput.ReadToEndAsync();
        await promtool.WaitForExitAsync();
        Assert.True(promtool.ExitCode == 0, said);
    }

    [Fact]
    public async Task The_description_of_the_api_lists_every_route()
    {
        using var anybody = new ApiCaller(installation.Api.Address(), null);
        var paths = (await anybody.GetAsync<JsonElement>("/openapi/v1.json")).GetProperty("paths");

        foreach (var path in typeof(Routes).GetFields().Select(f => ((string)f.GetValue(null)!).Replace(":long", "", StringComparison.Ordinal).Replace(":int", "", StringComparison.Ordinal)))
            Assert.True(paths.TryGetProperty(path, out _), $"{path} is not described");
        Assert.All(installation.Api.Services.GetServices<EndpointDataSource>().SelectMany(s => s.Endpoints).OfType<RouteEndpoint>().Where(e => e.RoutePattern.RawText!.StartsWith("/drafts", StringComparison.Ordinal)),
            e => Assert.True(paths.GetProperty(e.RoutePattern.RawText!.Replace(":long", "", StringComparison.Ordinal)).TryGetProperty(e.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods[0].ToLowerInvariant(), out _)));
    }

    [Fact]
    public async Task An_open_console_hears_of_an_import_and_of_the_decision_that_follows()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Routes.Events);
        using var response = await Caller.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.MediaType);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync());
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        Assert.Equal("event: hello", await lines.ReadLineAsync(patience.Token));

        using var upload = await Caller.UploadAsync(("live.eml", Encoding.UTF8.GetBytes(MailText.Of(id: "live@x.example", subject: "Do you have it in blue?"))));
        var import = Assert.Single(await ApiCaller.ReadAsync<ImportView[]>(upload));
        var message = Assert.Single((await Caller.GetAsync<IntakePage>($"/intake?import={import.Id}")).Items).MessageId;

        var heard = new List<string>();
        while (heard.Count(l => l == $"data: {{\"kind\":\"message\",\"id\":{message}}}") < 2)
            heard.Add((await lines.ReadLineAsync(patience.Token))!);
        Assert.Contains($"data: {{\"kind\":\"import\",\"id\":{import.Id}}}", heard);
    }

    [Fact]
    public async Task Words_that_are_not_stored_can_be_classified()
    {
        var messages = await installation.Store.AskAsync<long>("select count(*) from triage_result");

        var answer = await Caller.SendAsync<ClassifyResponse>(HttpMethod.Post, Routes.Classify, new ClassifyRequest(new ClassifyEmail("Return", "The parka is too small. How do I send it back and get my money?")));

        Assert.Equal("returns-refunds", answer.Triage.Category);
        Assert.InRange(answer.Triage.CategoryConfidence, 0.3, 1);
        Assert.InRange(answer.Triage.Priority, 1, 10);
        Assert.NotEmpty(answer.Decision.Reasons);
        Assert.True(await installation.Store.AskAsync<long>("select count(*) from triage_result") - messages <= 1); // nothing of it is kept
    }

    [Theory]
    [InlineData("{}", 400)]
    [InlineData("{\"email\":null}", 400)]
    [InlineData("{\"email\":{\"subject\":\" \"}}", 400)]
    [InlineData("{\"email\":\"text\"}", 400)]
    [InlineData("not json", 400)]
    [InlineData("", 400)]
    [InlineData("null", 400)]
    [InlineData("{\"email\":{\"subject\":\"\\ud800\",\"body\":\"x\"}}", 400)]
    [InlineData("{\"email\":{\"subject\":\"a\\u0000b\",\"body\":\"c\\u0000d\"}}", 200)]
    public async Task A_body_that_cannot_be_used_is_a_problem_of_the_request(string body, int status)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await Caller.Http.PostAsync(Routes.Classify, content);

        if (status == 200) Assert.Equal(200, (int)response.StatusCode);
        else await ApiCaller.ProblemAsync(response, status);
    }

    [Fact]
    public async Task A_body_too_long_to_read_or_of_another_type_is_refused()
    {
        using var large = await Caller.SendAsync(HttpMethod.Post, Routes.Classify, new ClassifyRequest(new ClassifyEmail("x", new string('x', 200_001))));
        await ApiCaller.ProblemAsync(large, 413);
        using var title = await Caller.SendAsync(HttpMethod.Post, Routes.Classify, new ClassifyRequest(new ClassifyEmail(new string('x', 1_001), "x")));
        await ApiCaller.ProblemAsync(title, 413);
        using var text = new StringContent("email", Encoding.UTF8, "text/plain");
        using var response = await Caller.Http.PostAsync(Routes.Classify, text);
        await ApiCaller.ProblemAsync(response, 415);
    }
}
