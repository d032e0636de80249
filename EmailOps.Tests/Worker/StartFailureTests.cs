using EmailOps.ServiceDefaults.Startup;
using EmailOps.Tests.Hosts;
using EmailOps.Tests.Postgres;
using Npgsql;

namespace EmailOps.Tests.Worker;

/// <summary>A process that cannot start says why in words of an operator, and what to set.</summary>
public sealed class StartFailureTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private const string Api = "EmailOps.Api";
    private const string Worker = "EmailOps.Worker";

    private static async Task<string> FailAsync(string program, params (string Name, string Value)[] settings)
    {
        var (code, output, error) = await OwnProcess.RunAsync(program, ["--urls=http://127.0.0.1:0", "--Database:StartupWait=00:00:00"], settings);
        Assert.Equal(1, code);
        Assert.DoesNotContain("   at ", output + error, StringComparison.Ordinal);
        Assert.DoesNotContain("Unhandled", output + error, StringComparison.Ordinal);
        return Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Theory]
    [InlineData(Api)]
    [InlineData(Worker)]
    public async Task Without_a_database_it_names_the_setting(string program)
        => Assert.Contains("Set ConnectionStrings__emailops", await FailAsync(program), StringComparison.Ordinal);

    [Fact]
    public async Task A_database_that_does_not_answer_is_named_with_what_to_check()
        => Assert.Contains("does not answer", await FailAsync(Api, ("ConnectionStrings__emailops", "Host=127.0.0.1;Port=1;Database=x;Username=x;Timeout=2")), StringComparison.Ordinal);

    [Fact]
    public async Task A_connection_string_that_cannot_be_read_is_named_and_no_password_is_shown()
    {
        var said = await FailAsync(Worker, ("ConnectionStrings__emailops", "Host=127.0.0.1;Passwort=geheim"));

        Assert.Contains("ConnectionStrings__emailops", said, StringComparison.Ordinal);
        Assert.DoesNotContain("geheim", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_that_does_not_exist_is_named()
    {
        var missing = new NpgsqlConnectionStringBuilder(await postgres.CreateDatabaseAsync()) { Database = "no_such_database" }.ConnectionString;

        Assert.Contains("no_such_database", await FailAsync(Api, ("ConnectionStrings__emailops", missing)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_limit_out_of_range_is_named_with_its_range()
        => Assert.Contains("BATCH_SIZE", await FailAsync(Worker, ("ConnectionStrings__emailops", await postgres.CreateDatabaseAsync()), ("BATCH_SIZE", "0")), StringComparison.Ordinal);

    [Fact]
    public async Task A_port_that_is_taken_is_named_with_what_sets_another()
    {
        using var taken = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        taken.Start();
        var port = ((System.Net.IPEndPoint)taken.LocalEndpoint).Port;

        var (code, output, error) = await OwnProcess.RunAsync(Api, [$"--urls=http://127.0.0.1:{port}"], ("ConnectionStrings__emailops", await postgres.CreateDatabaseAsync()));

        Assert.Equal(1, code);
        Assert.Contains($"{port}", error, StringComparison.Ordinal);
        Assert.Contains("ASPNETCORE_HTTP_PORTS", error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
        Assert.NotNull(output);
    }

    [Theory]
    [InlineData("SENTRY_DSN", "nowhere")]
    [InlineData("QUANTIZATION", "int4")]
    [InlineData("LOG_LEVEL", "LOUD")]
    [InlineData("API_PORT", "70000")]
    public async Task A_value_that_cannot_be_used_is_named_with_what_is_allowed(string name, string value)
        => Assert.Contains(name, await FailAsync(Worker, ("ConnectionStrings__emailops", "Host=127.0.0.1;Port=1;Database=x;Username=x;Timeout=2"), (name, value)), StringComparison.Ordinal);

    [Fact]
    public void A_folder_of_another_user_and_a_full_disk_are_named_with_their_setting()
    {
        // Nobody may make files there, root neither.
        var (problem, fix) = FolderProbe.Look("/proc", "STATE_DIR")!.Value;
        Assert.Contains("/proc", problem, StringComparison.Ordinal);
        Assert.Contains("STATE_DIR", fix, StringComparison.Ordinal);
        var full = FolderProbe.Look(Path.GetTempPath(), "STATE_DIR", free: 1 << 20)!.Value;
        Assert.Contains("full", full.Problem, StringComparison.Ordinal);
        Assert.Null(FolderProbe.Look(Path.GetTempPath(), "STATE_DIR", free: 1L << 30));
    }

    [Fact]
    public async Task The_migrate_role_brings_the_schema_up_to_date_and_ends()
    {
        var database = await postgres.CreateDatabaseAsync();

        var (code, _, error) = await OwnProcess.RunAsync(Worker, ["--urls=http://127.0.0.1:0"], ("ConnectionStrings__emailops", database), ("EMAILOPS_ROLE", "migrate"));

        Assert.Equal((0, ""), (code, error));
        await using var source = NpgsqlDataSource.Create(database);
        await using var look = source.CreateCommand("select count(*) from schema_migration");
        Assert.True((long)(await look.ExecuteScalarAsync())! >= 1);
    }
}
