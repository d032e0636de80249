using System.Text;
using EmailOps.Core.Contracts;
using EmailOps.Tests.Hosts;
using EmailOps.Tests.Postgres;
using EmailOps.Tests.Store;
using EmailOps.Tests.Triage.Consulting;

namespace EmailOps.Tests.Telemetry;

/// <summary>What arrives at a collector from an Api and a Worker that are processes of their own.</summary>
public sealed class MessageTraceTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private const string Words = "How long does delivery to Norway take and what does it cost?";

    [Fact]
    public async Task One_trace_follows_a_message_from_upload_to_outbox_through_two_processes_and_says_no_word_of_it()
    {
        await using var otlp = await OtlpCollector.StartAsync();
        await using var at = await ConsultUnderTest.CreateAsync(postgres);
        (string, string)[] common =
        [
            ("AUTO_HANDLE", "100"), ("ConnectionStrings__emailops", at.Store.ConnectionString), ("EMAILOPS_API_KEY", TestHosts.Key), ("SECRETS_KEY", TestStore.SecretsKey), ("EMAILOPS_ENV_FILE", "none"),
            ("LOG_FILE_ENABLED", "false"), ("LOG_LEVEL", "WARNING"), ("CACHE_DIR", Path.Combine(AppContext.BaseDirectory, "test-cache")),
        ];
        await using var api = Start("EmailOps.Api", [.. common, .. otlp.Settings("api")]);
        await using var worker = Start("EmailOps.Worker", [.. common, .. otlp.Settings("worker"), .. at.Ollama.Settings.Select(s => (s.Key.Replace(":", "__", StringComparison.Ordinal), s.Value))]);
        await api.ReadyAsync();
        await worker.ReadyAsync();
        using var caller = new ApiCaller(api.Address, TestHosts.Key);

        (await caller.UploadAsync(("one.eml", Encoding.UTF8.GetBytes(MailText.Of(id: "trace@customer.example", subject: "Sending to Norway", body: Words))))).EnsureSuccessStatusCode();
        await Wait.UntilAsync(() => at.Store.AskAsync<bool>("select exists (select from decision) and not exists (select from work_item where died_at is null)"), "the message is decided", seconds: 90);
        var message = await at.Store.AskAsync<long>("select id from message");
        var detail = await caller.GetAsync<MessageDetail>($"/messages/{message}");
        var trace = Assert.IsType<string>(detail.TraceId);
        (await caller.SendAsync(HttpMethod.Post, $"/drafts/{detail.Draft!.Id}/approve", new { }, detail.Draft.Version)).EnsureSuccessStatusCode();

        string[] steps = ["api intake", "worker triage", "worker consult", "worker policy", "worker delivery"];
        await Wait.UntilAsync(() => Task.FromResult(steps.All(s => Steps(otlp, trace).Contains(s))), "every step arrived", seconds: 60, () => Task.FromResult(string.Join(", ", Steps(otlp, trace))));
        await Wait.UntilAsync(() => Task.FromResult(otlp.Spans.Any(s => s.Links.Contains(trace) && s.Name == "POST /drafts/{id:long}/approve")), "the approval is linked with it", state: () => Task.FromResult(string.Join("\n", otlp.Spans.Select(s => $"{s.Service} {s.Name} {string.Join(" ", s.Attributes)} {string.Join(",", s.Links)}"))));

        var spans = otlp.Spans.Where(s => s.TraceId == trace).ToList();
        var root = Assert.Single(spans, s => s.ParentId.Length == 0);
        Assert.Equal(("intake", message.ToString(System.Globalization.CultureInfo.InvariantCulture)), (root.Name, root.Attributes["emailops.message.id"]));
        Assert.All(spans.Where(s => s.Attributes.ContainsKey("emailops.stage")), s => Assert.Equal(root.Id, s.ParentId));
        var asked = Assert.Single(spans, s => s.Attributes.GetValueOrDefault("emailops.prompt", "").StartsWith("judge", StringComparison.Ordinal));
        Assert.Equal(("chat llama3.2:3b", "chat", "ollama", "llama3.2:3b"), (asked.Name, asked.Attributes["gen_ai.operation.name"], asked.Attributes["gen_ai.provider.name"], asked.Attributes["gen_ai.request.model"]));
        Assert.Equal(spans.Single(s => s.Name == "consult").Id, asked.ParentId);
        Assert.Contains(otlp.Spans, s => s.Name == "triage batch" && s.TraceId != trace);
        Assert.False(otlp.Heard("delivery to Norway"), "a signal held the mail's words");
        Assert.False(otlp.Heard("Sending to Norway"), "a signal held the mail's subject");
        Assert.False(otlp.Heard(TestHosts.Key), "a signal held the key");
    }

    private static OwnServer Start(string program, (string Name, string Value)[] settings) => new(program, settings.Select(s => KeyValuePair.Create(s.Name, s.Value)));

    private static List<string> Steps(OtlpCollector otlp, string trace) => [.. otlp.Spans.Where(s => s.TraceId == trace).Select(s => $"{s.Service} {s.Name}").Distinct()];
}
