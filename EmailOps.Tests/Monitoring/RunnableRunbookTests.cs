using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.RegularExpressions;
using EmailOps.AppHost.Embedded;
using EmailOps.Core.Contracts;
using EmailOps.Tests.AppHost;
using EmailOps.Tests.Hosts;
using EmailOps.Tests.Postgres;
using EmailOps.Tests.Store;
using Npgsql;

namespace EmailOps.Tests.Monitoring;

/// <summary>The runbook's commands, all of them, against one live installation: what people type under stress works as written.</summary>
public sealed partial class RunnableRunbookTests : IDisposable
{
    private const string Key = "eo_runbook-test";
    private readonly StateFolderForTest _state = new();

    private sealed record Block(string Page, string Language, string Text);

    private static IEnumerable<Block> Blocks => RunbookTests.Pages.OrderBy(p => p.Key, StringComparer.Ordinal).SelectMany(p => Fence().Matches(p.Value.ReplaceLineEndings("\n")).Select(m => new Block(p.Key, m.Groups[1].Value, m.Groups[2].Value)));

    [Fact]
    public async Task Every_command_of_the_runbook_works_on_a_live_installation()
    {
        await using var postgres = new PostgresFixture();
        var database = await postgres.CreateDatabaseAsync();
        await using var host = await EmbeddedHost.StartAsync(
            [$"ConnectionStrings:emailops={database}", $"STATE_DIR={_state.Path}", "API_PORT=0", "WORKER_PORT=0", "WEB_PORT=0", "LOG_LEVEL=ERROR", $"EMAILOPS_API_KEY={Key}", "LOG_FILE_ENABLED=false", "LanguageModels:FindLocal=false"], _ => { });
        using var caller = new ApiCaller(host.ApiAddress, Key);
        await Wait.UntilAsync(async () => (await caller.GetAsync<List<MailboxView>>(Routes.Mailboxes)).Count > 0, "the first mailbox is there");
        await Wait.UntilAsync(async () => (await caller.Http.GetStringAsync(new Uri(host.WorkerAddress, "/metrics"))).Contains("\nemailops_disk_free_bytes", StringComparison.Ordinal), "the worker measures");
        await Wait.UntilAsync(async () => (await caller.GetAsync<AlertsView>(AlertRoutes.All)).Monitor is not null, "the monitor has looked");
        var mailbox = (await caller.GetAsync<List<MailboxView>>(Routes.Mailboxes))[0].Address;

        var programs = Directory.CreateDirectory(Path.Combine(_state.Path, "bin")).FullName;
        var program = Path.Combine(programs, "emailops");
        await File.WriteAllTextAsync(program, $"#!/bin/sh\nexec dotnet '{Path.Combine(AppContext.BaseDirectory, "emailops.dll")}' \"$@\"\n");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        var blocks = Blocks.ToList();
        Assert.True(blocks.Count > 30, $"Only {blocks.Count} blocks are marked runnable.");
        var failures = new ConcurrentQueue<string>();
        // The same line on several pages is the same command: once is enough.
        var done = new HashSet<string>(StringComparer.Ordinal);
        var pages = blocks.Where(b => b.Language == "bash").GroupBy(b => b.Page).Select(p => (Page: p.Key, Lines: p.SelectMany(b => b.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries)).Where(done.Add).ToList())).ToList();
        // Pages beside each other, as people do; within a page in its order.
        await Parallel.ForEachAsync(pages, new ParallelOptions { MaxDegreeOfParallelism = 3 }, async (page, _) =>
        {
            foreach (var line in page.Lines)
            {
                var (code, said) = await RunAsync(line, programs, database, host, mailbox);
                // 1: done, with problems that are named; a test installation has some (no backup, say).
                if (code is not (0 or 1) || said.Contains("Unrecognized command", StringComparison.Ordinal) || said.Contains("Unhandled exception", StringComparison.Ordinal)) failures.Enqueue($"{page.Page}: {line}\n  exit code {code}: {said.Trim()}");
            }
        });
        await using var source = NpgsqlDataSource.Create(database);
        foreach (var block in blocks.Where(b => b.Language == "sql"))
            foreach (var statement in block.Text.Split(";\n", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Where(done.Add))
            {
                try
                {
                    await using var command = source.CreateCommand(statement);
                    await command.ExecuteNonQueryAsync();
                }
                catch (PostgresException wrong)
                {
                    failures.Enqueue($"{block.Page}: {statement}\n  {wrong.MessageText}");
                }
            }
        Assert.True(failures.IsEmpty, string.Join('\n', failures));
    }

    private async Task<(int Code, string Said)> RunAsync(string line, string programs, string database, EmbeddedHost host, string mailbox)
    {
        var work = Directory.CreateDirectory(Path.Combine(_state.Path, "work")).FullName;
        var start = new ProcessStartInfo("bash", ["-c", line]) { RedirectStandardError = true, RedirectStandardOutput = true, RedirectStandardInput = true, WorkingDirectory = work };
        start.Environment["PATH"] = $"{programs}:{Environment.GetEnvironmentVariable("PATH")}";
        start.Environment["API"] = host.ApiAddress.ToString().TrimEnd('/');
        start.Environment["WORKER"] = host.WorkerAddress.ToString().TrimEnd('/');
        start.Environment["MAILBOX"] = mailbox;
        start.Environment["EMAILOPS_API_KEY"] = Key;
        start.Environment["EMAILOPS_ENV_FILE"] = "none";
        start.Environment["STATE_DIR"] = _state.Path;
        start.Environment["CACHE_DIR"] = Path.Combine(AppContext.BaseDirectory, "test-cache");
        start.Environment["ConnectionStrings__emailops"] = database;
        start.Environment["LanguageModels__FindLocal"] = "false";
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var enough = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        try
        {
            await process.WaitForExitAsync(enough.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            return (-1, $"It did not end. {await output}{await error}");
        }
        return (process.ExitCode, await error + await output);
    }

    public void Dispose() => _state.Dispose();

    [GeneratedRegex("^```(bash|sql) runnable\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();
}
