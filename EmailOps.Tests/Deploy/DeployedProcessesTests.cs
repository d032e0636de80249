using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using EmailOps.Tests.Hosts;
using EmailOps.Tests.Postgres;
using EmailOps.Tests.Store;

namespace EmailOps.Tests.Deploy;

/// <summary>The programs as separate processes, each with just the variables that compose.yaml gives it: where somebody signs in and sees a mail.</summary>
public sealed class DeployedProcessesTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IDisposable
{
    private const string Key = "key";

    /// <summary>Nothing listens there: as when Redis and the models are down, which costs speed and nothing else.</summary>
    private const string Nowhere = "127.0.0.1:9";

    private readonly string _kept = Directory.CreateTempSubdirectory("emailops-deployed").FullName;

    [Fact]
    public async Task Separate_processes_with_the_variables_of_compose_carry_a_mail_to_the_console()
    {
        if (DeployTools.Get() is not { } tools) return;
        var database = await postgres.CreateDatabaseAsync();
        var services = tools.Compose(("POSTGRES_PASSWORD", "unused"), ("REDIS_PASSWORD", "unused"), ("EMAILOPS_API_KEY", Key), ("SECRETS_KEY", TestStore.SecretsKey)).Config!["services"]!;

        var migrated = await OwnProcess.RunAsync("emailops", ["migrate"], [.. Environment(services, "migrate", database, null).Select(e => (e.Key, e.Value))]);
        Assert.True(migrated.Code == 0, migrated.Error);

        await using var api = new OwnServer("EmailOps.Api", Environment(services, "api", database, null));
        await using var worker = new OwnServer("EmailOps.Worker", Environment(services, "worker", database, null));
        await using var web = new OwnServer("EmailOps.Web", Environment(services, "web", database, api));
        foreach (var server in new[] { api, worker, web }) await server.ReadyAsync();
        await ProbedAsync(("api", api), ("worker", worker), ("web", web));

        using var http = new HttpClient { BaseAddress = web.Address };
        await SignInAsync(http);
        await Wait.UntilAsync(() => ImportAsync(api), "a mail was taken in; a worker makes the first mailbox when it starts", 60);
        await Wait.UntilAsync(async () => (await http.GetStringAsync("/")).Contains("Where is my order NO-1234567", StringComparison.Ordinal), "the mail stands in the console's inbox", 60);

        foreach (var server in new[] { web, worker, api })
        {
            var (code, output, error) = await server.StopAsync();
            Assert.Equal(0, code);
            foreach (var line in output.Split('\n', StringSplitOptions.RemoveEmptyEntries)) Assert.True(JsonNode.Parse(line)!["level"] is not null, line);
            Assert.DoesNotContain("denied", error, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("Exception", error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_built_in_check_says_no_when_nothing_answers_and_how_it_is_used_when_it_is_misused()
    {
        var nobody = await OwnProcess.RunAsync("EmailOps.Web", ["healthcheck"], ("ASPNETCORE_HTTP_PORTS", "9"));
        Assert.Equal((1, true), (nobody.Code, nobody.Output.Contains("http://127.0.0.1:9/health does not answer", StringComparison.Ordinal)));

        var misused = await OwnProcess.RunAsync("EmailOps.Web", ["pause", "for long"]);
        Assert.Equal((2, true), (misused.Code, misused.Error.StartsWith("Usage:", StringComparison.Ordinal)));

        Assert.Equal(0, (await OwnProcess.RunAsync("EmailOps.Web", ["pause", "0"])).Code);
    }

    /// <summary>Each path that Kubernetes probes, and the figure that workers are scaled by.</summary>
    private static async Task ProbedAsync(params (string Name, OwnServer Server)[] servers)
    {
        foreach (var (name, server) in servers)
        {
            using var http = new HttpClient { BaseAddress = server.Address };
            foreach (var probe in Cluster.All().Single(c => c.Name == "base").Workloads.Single(w => w.Name == name).Main.Where(f => f.Key.EndsWith("Probe", StringComparison.Ordinal)))
                Assert.Equal(HttpStatusCode.OK, (await http.GetAsync($"{probe.Value!["httpGet"]!["path"]}")).StatusCode);
            if (name == "worker") await Wait.UntilAsync(async () => (await http.GetStringAsync("/metrics")).Contains("\nemail_queue_size ", StringComparison.Ordinal), "a worker shows the length of the queue");
        }
    }

    private static async Task SignInAsync(HttpClient http)
    {
        using var asking = new HttpRequestMessage(HttpMethod.Post, "/sign-in-links/by-key") { Headers = { { "X-Api-Key", Key } } };
        using var answer = await http.SendAsync(asking);
        var link = new Uri($"{(await answer.Content.ReadFromJsonAsync<JsonObject>())!["link"]}");
        using var page = new AngleSharp.Html.Parser.HtmlParser().ParseDocument(await http.GetStringAsync(link.PathAndQuery));
        var fields = page.QuerySelectorAll("form[action$=sign-in] input[name]").ToDictionary(i => i.GetAttribute("name")!, i => i.GetAttribute("value") ?? "");
        fields["name"] = "Ada";
        fields["password"] = "a few words are good";
        using var form = new FormUrlEncodedContent(fields);
        using var home = await http.PostAsync("/sign-in", form);
        Assert.DoesNotContain("refused", $"{home.RequestMessage!.RequestUri}", StringComparison.Ordinal);
        Assert.Contains("Inbox", await home.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private static async Task<bool> ImportAsync(OwnServer api)
    {
        using var http = new HttpClient { BaseAddress = api.Address, DefaultRequestHeaders = { { "X-Api-Key", Key } } };
        using var mail = new StringContent("Message-ID: <one@deploy.example>\r\nFrom: Bob <bob@deploy.example>\r\nTo: support@nordlicht-outfitters.example\r\nSubject: Where is my order NO-1234567\r\nDate: Mon, 16 Nov 2026 10:00:00 +0000\r\n\r\nIt was due on Friday.\r\n");
        using var form = new MultipartFormDataContent { { mail, "files", "one.eml" } };
        using var answer = await http.PostAsync("/imports", form);
        return answer.IsSuccessStatusCode;
    }

    [Fact]
    public async Task The_images_run_as_a_user_on_a_read_only_root()
    {
        if (System.Environment.GetEnvironmentVariable("EMAILOPS_IMAGES") is not "1")
        {
            Console.WriteLine("SKIPPED, NOT ASKED FOR: images are built and run with EMAILOPS_IMAGES=1 (some minutes; eng/images.sh says what it needs).");
            return;
        }
        var database = await postgres.CreateDatabaseAsync();
        if (new Npgsql.NpgsqlConnectionStringBuilder(database).Host is not { } host || host.StartsWith('/'))
        {
            Console.WriteLine("SKIPPED, NO SERVER: a socket of this machine is not seen from an image; name a PostgreSQL at an address in ConnectionStrings__emailops.");
            return;
        }
        var script = Path.Combine(Checkout.Root, "eng/images.sh");
        using (var build = System.Diagnostics.Process.Start(script, ["build", _kept]))
        {
            await build.WaitForExitAsync();
            Assert.Equal(0, build.ExitCode);
        }
        var services = DeployTools.Get()!.Compose(("POSTGRES_PASSWORD", "unused"), ("REDIS_PASSWORD", "unused"), ("EMAILOPS_API_KEY", Key), ("SECRETS_KEY", TestStore.SecretsKey)).Config!["services"]!;
        await using var api = Image("api", null);
        await using var worker = Image("worker", null);
        await using var web = Image("web", api);
        foreach (var server in new[] { api, worker, web }) await server.ReadyAsync();
        using var http = new HttpClient { BaseAddress = web.Address };
        await SignInAsync(http);
        await Wait.UntilAsync(() => ImportAsync(api), "a mail was taken in", 60);
        await Wait.UntilAsync(async () => (await http.GetStringAsync("/")).Contains("Where is my order NO-1234567", StringComparison.Ordinal), "the mail stands in the console's inbox", 60);
        Assert.NotEmpty(Directory.GetFiles(Path.Combine(_kept, "run/worker/data/cache"), "*", SearchOption.AllDirectories));

        OwnServer Image(string target, OwnServer? behind)
        {
            var environment = Environment(services, target, database, behind);
            foreach (var own in (string[])["CACHE_DIR", "TMPDIR"]) environment.Remove(own);
            return new OwnServer(target, environment, script, "run", _kept, target, target);
        }
    }

    /// <summary>As compose hands it over, with the names of its network put where they are here.</summary>
    private Dictionary<string, string> Environment(JsonNode services, string name, string database, OwnServer? api)
    {
        var result = ImagesTests.Environment().Where(e => e.Name != "ASPNETCORE_HTTP_PORTS").ToDictionary(e => e.Name, e => e.Value);
        foreach (var (variable, value) in services[name]!["environment"]!.AsObject())
            if (value is not null) result[variable] = $"{value}".Replace("redis:6379", Nowhere, StringComparison.Ordinal).Replace("ollama:11434", Nowhere, StringComparison.Ordinal);
        if (result.ContainsKey("ConnectionStrings__emailops")) result["ConnectionStrings__emailops"] = database;
        if (api is not null) result["services__api__http__0"] = $"{api.Address}";
        // Trained once for all runs of one build.
        result["CACHE_DIR"] = Path.Combine(AppContext.BaseDirectory, "test-cache");
        result["TMPDIR"] = _kept;
        return result;
    }

    public void Dispose() => Directory.Delete(_kept, recursive: true);
}
