using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using EmailOps.Benchmarks.Proxies;
using EmailOps.Core.Contracts;
using EmailOps.Tests.Hosts;
using EmailOps.Tests.Postgres;
using EmailOps.Tests.Store;
using EmailOps.Tests.Web;

namespace EmailOps.Tests.Deployment;

/// <summary>Api, worker and console as three processes without a folder in common, each with what aspire-manifest.json gives it: the topology as it is deployed. Redis and Ollama do not answer.</summary>
public sealed partial class SeparateProcessTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private const string Key = "generatedGeneratedGeneratedGenerated1234";

    [Fact]
    public async Task What_the_manifest_gives_is_enough()
    {
        var database = await postgres.CreateDatabaseAsync();
        var (apiPort, workerPort, webPort) = (FreePorts.Take(), FreePorts.Take(), FreePorts.Take());
        var manifest = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(Checkout.Root, "aspire-manifest.json"))).RootElement;
        var homes = Directory.CreateTempSubdirectory("emailops-");
        try
        {
            await using var api = Start("api");
            await using var worker = Start("worker");
            await using var web = Start("web");
            await HealthyAsync(api, apiPort);
            await HealthyAsync(worker, workerPort);
            await HealthyAsync(web, webPort);
            using var caller = new ApiCaller(new Uri($"http://127.0.0.1:{apiPort}"), Key);

            // Mail that one process took in is judged by another, although neither Redis nor a model answers.
            var loaded = await caller.SendAsync<ImportView>(HttpMethod.Post, OperationRoutes.Samples, null);
            await Wait.UntilAsync(async () => (await caller.GetAsync<ProcessStatus>(Routes.ProcessStatus)).EmailsProcessedToday >= loaded.Stored / 2, "the worker judges the sample mail", 90, () => Task.FromResult(worker.Said));

            // A password that the Api sealed is opened by the worker: both were given the same key.
            var server = new MailServerSettings("127.0.0.1", FreePorts.Take(), MailSecurity.None);
            var made = await caller.SendAsync<MailboxSetup>(HttpMethod.Post, Routes.Mailboxes, new SaveMailbox("help@emailops.example", "Help", new MailboxSettings { Imap = server }, "secret-of-the-mailbox"));
            var reading = await ProblemAsync(caller, made.Id, worker);
            Assert.DoesNotContain("key", reading, StringComparison.OrdinalIgnoreCase);
            Assert.Contains("127.0.0.1", reading, StringComparison.Ordinal);

            // The link in the console's log leads to the address that people use, and the console reaches the Api with its key.
            var link = new Uri(Link().Match(web.Said).Value);
            Assert.Equal($"http://127.0.0.1:{webPort}", link.GetLeftPart(UriPartial.Authority));
            using var person = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() }) { BaseAddress = new Uri(link.GetLeftPart(UriPartial.Authority)) };
            using var signedIn = await person.SubmitAsync(link.PathAndQuery, "/sign-in", ("token", link.Query["?token=".Length..]), ("name", "Olga"), ("password", "a few words are good"));
            Assert.Contains("data-id=", await person.FollowAsync(signedIn), StringComparison.Ordinal);
            foreach (var process in (ManifestProcess[])[api, worker, web]) Assert.False(process.HasEnded, process.Said);
        }
        finally
        {
            homes.Delete(recursive: true);
        }

        ManifestProcess Start(string service) => ManifestProcess.Start(manifest, service, homes.CreateSubdirectory(service).FullName, expression => expression switch
        {
            "emailops.connectionString" => database,
            "redis.connectionString" => "127.0.0.1:1,password=nobody-there",
            "chat.connectionString" => "Endpoint=http://127.0.0.1:1;Model=llama3.2:3b",
            "embeddings.connectionString" => "Endpoint=http://127.0.0.1:1;Model=nomic-embed-text",
            "api.bindings.http.targetPort" => $"{apiPort}",
            "worker.bindings.http.targetPort" => $"{workerPort}",
            "web.bindings.http.targetPort" => $"{webPort}",
            "api.bindings.http.url" => $"http://127.0.0.1:{apiPort}",
            "web.bindings.http.url" => $"http://127.0.0.1:{webPort}",
            "emailops-api-key.value" => Key,
            "secrets-key.value" => new string('7', 64),
            "chat-model.value" => "llama3.2:3b",
            "embedding-model.value" => "nomic-embed-text",
            _ => "for-programs-in-other-languages",
        });
    }

    private static async Task HealthyAsync(ManifestProcess process, int port)
    {
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}"), Timeout = TimeSpan.FromSeconds(10) };
        await Wait.UntilAsync(async () =>
        {
            Assert.False(process.HasEnded, process.Said);
            try
            {
                using var answer = await http.GetAsync("/health");
                return answer.IsSuccessStatusCode;
            }
            catch (HttpRequestException)
            {
                return false; // not yet
            }
        }, "the process is healthy", 90, () => Task.FromResult(process.Said));
    }

    private static async Task<string> ProblemAsync(ApiCaller caller, long mailbox, ManifestProcess worker)
    {
        var problem = "";
        await Wait.UntilAsync(async () => (problem = (await caller.GetAsync<MailboxReading>(Routes.MailboxReading.Replace("{id:long}", $"{mailbox}", StringComparison.Ordinal))).Problem ?? "").Length > 0, "the worker tries the mailbox", 60, () => Task.FromResult(worker.Said));
        return problem;
    }

    [GeneratedRegex(@"http://\S+/sign-in\?token=[\w-]+")]
    private static partial Regex Link();
}
