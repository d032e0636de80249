using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using EmailOps.AppHost.Embedded;
using EmailOps.Tests.Postgres;

namespace EmailOps.Tests.AppHost;

public sealed class EmbeddedHostTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IDisposable
{
    private readonly StateFolderForTest _state = new();
    private readonly HttpClient _http = new(new HttpClientHandler { AllowAutoRedirect = false });

    [Fact]
    public async Task One_process_answers_for_all_three()
    {
        var steps = new List<string>();
        await using var host = await StartAsync(steps.Add);

        foreach (var address in (Uri[])[host.ApiAddress, host.WorkerAddress, host.WebAddress])
        {
            Assert.Equal("127.0.0.1", address.Host);
            var health = await _http.GetFromJsonAsync<JsonElement>(new Uri(address, "/health"));
            Assert.Equal("healthy", health.GetProperty("status").GetString());
            Assert.Equal(HttpStatusCode.OK, (await _http.GetAsync(new Uri(address, "/alive"))).StatusCode);
        }

        var metrics = await _http.GetStringAsync(new Uri(host.WorkerAddress, "/metrics"));
        Assert.Contains("# TYPE dotnet_gc_collections_total counter", metrics, StringComparison.Ordinal);
        Assert.Contains("db_client_connection_pool_name=\"emailops\"", metrics, StringComparison.Ordinal);
        Assert.Equal(["Starting API, worker and console"], steps);
    }

    [Fact]
    public async Task The_console_asks_the_api_with_the_key_of_the_state_folder()
    {
        await using var host = await StartAsync(_ => { });
        var key = (await File.ReadAllTextAsync(Path.Combine(_state.Path, "api-key"))).Trim();

        Assert.Equal(key, host.Web.Configuration["EMAILOPS_API_KEY"]);
        Assert.Equal(key, host.Api.Configuration["EMAILOPS_API_KEY"]);
        Assert.Equal(host.ApiAddress.ToString(), host.Web.Configuration["services:api:http:0"]);
        Assert.Equal(host.ConnectionString, host.Worker.Configuration["ConnectionStrings:emailops"]);
    }

    [Fact]
    public async Task One_host_that_stops_by_itself_is_named()
    {
        await using var host = await StartAsync(_ => { });

        host.Worker.Lifetime.StopApplication();

        Assert.Equal("worker", await host.WaitForStopAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(30)));
    }

    public void Dispose()
    {
        _http.Dispose();
        _state.Dispose();
    }

    private async Task<EmbeddedHost> StartAsync(Action<string> progress) => await EmbeddedHost.StartAsync(
        [$"ConnectionStrings:emailops={await postgres.CreateDatabaseAsync()}", $"STATE_DIR={_state.Path}", "API_PORT=0", "WORKER_PORT=0", "WEB_PORT=0", "LOAD_SAMPLES=false"], progress);
}
