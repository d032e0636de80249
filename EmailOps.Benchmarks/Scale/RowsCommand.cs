using System.CommandLine;
using EmailOps.Api;
using EmailOps.AppHost.Postgres;
using EmailOps.Core.Data;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace EmailOps.Benchmarks.Scale;

/// <summary><c>rows</c>: what pages, claims and sweeps take on millions of generated messages.</summary>
internal static class RowsCommand
{
    private const string Key = "key-of-the-benchmark-rows";

    public static System.CommandLine.Command Create()
    {
        var messages = new Option<long>("--messages") { Description = "Messages to generate.", DefaultValueFactory = _ => 1_000_000 };
        var database = new Option<string?>("--database") { Description = "Connection string of a database; filled when it has no messages. A durable private PostgreSQL without it." };
        var rounds = new Option<int>("--rounds") { Description = "Times each request is made.", DefaultValueFactory = _ => 40 };
        var serve = new Option<int>("--serve") { Description = "Afterwards serve the Api on this port of loopback until Ctrl-C, for a console to look at.", DefaultValueFactory = _ => 0 };
        var wrk = new Option<int>("--wrk") { Description = "Seconds that wrk (apt-get install wrk) asks each of some pages over 16 connections; 0: not at all.", DefaultValueFactory = _ => 0 };
        var command = new System.CommandLine.Command("rows", "Pages, claims and sweeps on generated rows of millions of messages: median and 95th percentile of each.") { messages, database, rounds, wrk, serve };
        command.SetAction((parsed, cancel) => RunAsync(parsed.GetValue(messages), parsed.GetValue(database), parsed.GetValue(rounds), parsed.GetValue(wrk), parsed.GetValue(serve), cancel));
        return command;
    }

    private static async Task<int> RunAsync(long messages, string? database, int rounds, int wrk, int serve, CancellationToken cancel)
    {
        var folder = $"/var/tmp/emailops-rows-{Environment.ProcessId}";
        var cluster = folder + "-pg";
        try
        {
            Directory.CreateDirectory(folder);
            await using var postgres = database is null ? await PrivatePostgres.StartAsync(new PrivatePostgresOptions { Folder = cluster }, cancel) : null;
            var connection = database ?? postgres!.ConnectionString;
            await using var api = ApiHost.Create([$"--ConnectionStrings:emailops={connection}", $"--urls=http://127.0.0.1:{serve}", $"--CACHE_DIR={folder}", $"--STATE_DIR={folder}", "--EMAILOPS_ENV_FILE=none", "--LanguageModels:FindLocal=false", $"--EMAILOPS_API_KEY={Key}", "--Logging:LogLevel:Default=Warning", "--LOG_LEVEL=WARNING"]);
            await api.Services.GetRequiredService<Migrator>().MigrateAsync(cancel);
            var source = api.Services.GetRequiredService<NpgsqlDataSource>();
            await FillAsync(source, messages, cancel);
            await api.StartAsync(cancel);
            using var http = new HttpClient { BaseAddress = new Uri(api.Urls.First()) };
            http.DefaultRequestHeaders.Add("X-Api-Key", Key);
            Console.WriteLine($"{"what",-64} {"median ms",9} {"p95 ms",8}");
            var requests = await RowsRequests.OfAsync(source, cancel);
            foreach (var (what, path) in requests) await RowsRequests.ReportAsync(what, rounds, () => AskAsync(http, path, cancel));
            await RowsWork.ReportAsync(source, rounds, cancel);
            if (wrk > 0) await UnderLoad.ReportAsync(http.BaseAddress, Key, requests, wrk, cancel);
            if (serve > 0) await Task.Delay(Timeout.Infinite, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await api.StopAsync(CancellationToken.None);
            return 0;
        }
        finally
        {
            foreach (var made in new[] { folder, cluster })
                if (Directory.Exists(made)) Directory.Delete(made, recursive: true);
        }
    }

    private static async Task FillAsync(NpgsqlDataSource source, long messages, CancellationToken cancel)
    {
        await using (var any = source.CreateCommand("select exists (select from message)"))
            if (await any.ExecuteScalarAsync(cancel) is true) return;
        var began = TimeProvider.System.GetTimestamp();
        await GeneratedRows.MakeAsync(source, messages, days: 60, what => Console.Error.WriteLine($"{TimeProvider.System.GetElapsedTime(began).TotalSeconds,6:N0} s  {what}"), cancel);
        Console.Error.WriteLine($"{TimeProvider.System.GetElapsedTime(began).TotalSeconds,6:N0} s  {messages:N0} messages generated");
    }

    private static async Task AskAsync(HttpClient http, string path, CancellationToken cancel)
    {
        using var response = await http.GetAsync(path, cancel);
        var body = await response.Content.ReadAsStringAsync(cancel);
        if (!response.IsSuccessStatusCode && path != Core.Contracts.Routes.HealthDetailed) throw new InvalidOperationException($"{path}: {(int)response.StatusCode} {body}");
    }
}
