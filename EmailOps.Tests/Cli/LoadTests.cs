using System.Text;
using System.Text.Json;
using EmailOps.Tests.Hosts;
using EmailOps.Tests.Mail.Smtp;
using EmailOps.Tests.Postgres;
using EmailOps.Tests.Store;

namespace EmailOps.Tests.Cli;

/// <summary>Load tests and profiles of a running installation, as an operator makes them.</summary>
public sealed class LoadTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("emailops-load-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Every_generated_mail_is_decided_and_measured_nothing_is_sent_and_all_of_it_can_be_removed()
    {
        await using var store = await TestStore.CreateAsync(postgres);
        await using var worker = await TestHosts.WorkerAsync(store.ConnectionString);
        await using var api = await TestHosts.ApiAsync(store.ConnectionString);
        await store.StoreAsync(MailText.Of());
        (string, string)[] settings = [("ConnectionStrings__emailops", store.ConnectionString), ("services__api__http__0", api.Address().AbsoluteUri), ("EMAILOPS_API_KEY", TestHosts.Key)];

        var (code, output, error) = await OwnProcess.RunAsync("emailops", ["load", "--emails", "40", "--concurrent", "4", "--patience", "40", "--json"], settings);
        Assert.True(code == 0, output + error);
        var summary = JsonDocument.Parse(output).RootElement;
        Assert.Equal((40, 0, 40), (summary.GetProperty("sent").GetInt32(), summary.GetProperty("failed").GetInt32(), summary.GetProperty("processed").GetInt32()));
        Assert.All(["processingP50", "processingP95", "sendingP95", "perSecond", "peakQueue", "memory"], name => Assert.True(summary.TryGetProperty(name, out var value) && value.GetDouble() >= 0, name));
        Assert.True(summary.GetProperty("processingP50").GetDouble() <= summary.GetProperty("processingP95").GetDouble());
        Assert.Equal(40, await store.AskAsync<long>("select count(*) from message where from_address like '%@load.emailops.invalid'"));
        Assert.Equal(0, await store.AskAsync<long>("select count(*) from outbound_message where state = 'Sent'"));

        Assert.Equal(0, (await OwnProcess.RunAsync("emailops", ["load", "--clean"], settings)).Code);
        Assert.Equal(1, await store.AskAsync<long>("select count(*) from message"));
        Assert.Equal(1, await store.AskAsync<long>("select count(*) from raw_mail"));
        Assert.Equal(1, await store.AskAsync<long>("select count(*) from message_thread"));
        Assert.Equal(0, await store.AskAsync<long>("select count(*) from mailbox where address like 'load-test@%'"));
        Assert.Equal(0, (await OwnProcess.RunAsync("emailops", ["load", "--clean"], settings)).Code);
        await worker.StopAsync();
        await api.StopAsync();
    }

    [Fact]
    public async Task Mails_go_by_smtp_marked_and_those_nobody_reads_are_told_of()
    {
        await using var store = await TestStore.CreateAsync(postgres);
        var heard = new List<string>();
        await using var server = new ScriptedSmtp(async talk =>
        {
            await talk.SayAsync(ScriptedSmtp.Greeting);
            while (await talk.HearAsync() is var line && !line.StartsWith("QUIT", StringComparison.Ordinal))
            {
                if (line == "DATA")
                {
                    await talk.SayAsync("354 go\r\n");
                    heard.Add(await talk.MailAsync());
                }
                await talk.SayAsync("250 ok\r\n");
            }
        });
        (string, string)[] settings = [("ConnectionStrings__emailops", store.ConnectionString)];

        var sent = await OwnProcess.RunAsync("emailops", ["load", "--emails", "3", "--concurrent", "1", "--via", "smtp", "--to", TestStore.Address, "--server", $"127.0.0.1:{server.Server().Port}", "--patience", "1"], settings);
        var nobody = await OwnProcess.RunAsync("emailops", ["load", "--via", "smtp", "--to", "no@such.example"], settings);
        var nowhere = await OwnProcess.RunAsync("emailops", ["load", "--emails", "1"], [.. settings, ("EMAILOPS_API_KEY", "x"), ("services__api__http__0", "http://127.0.0.1:1")]);

        Assert.Equal((1, 2, 2), (sent.Code, nobody.Code, nowhere.Code));
        Assert.Contains("3 mails were not decided", sent.Output, StringComparison.Ordinal);
        Assert.Equal(3, heard.Count);
        Assert.All(heard, mail => Assert.Contains("X-EmailOps-Load: load", mail, StringComparison.Ordinal));
        Assert.Contains("does not answer", nowhere.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_profile_has_stacks_threads_and_memory_and_a_collection_can_be_ordered()
    {
        await using var api = await TestHosts.ApiAsync(await postgres.CreateDatabaseAsync());
        (string, string)[] settings = [("services__api__http__0", api.Address().AbsoluteUri), ("STATE_DIR", _folder.FullName)];
        var (id, file) = (Environment.ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture), Path.Combine(_folder.FullName, "hot.nettrace"));
        var collections = GC.CollectionCount(2);

        var cpu = await OwnProcess.RunAsync("emailops", ["profile", "--pid", id, "--seconds", "1", "-o", file, "--json"], settings);
        var memory = await OwnProcess.RunAsync("emailops", ["profile", "--pid", id, "--memory", "--gc", "--json"], settings);
        var none = await OwnProcess.RunAsync("emailops", ["profile", "--pid", "1", "--seconds", "1"], settings);

        Assert.True(cpu.Code == 0, cpu.Output + cpu.Error);
        var head = new byte[8];
        await using (var trace = File.OpenRead(file)) await trace.ReadExactlyAsync(head);
        Assert.Equal("Nettrace", Encoding.ASCII.GetString(head));
        Assert.True(new FileInfo(file).Length > 10_000);
        var view = JsonDocument.Parse(memory.Output).RootElement;
        Assert.True(view.GetProperty("memory").GetProperty("resident").GetInt64() > 1 << 20);
        Assert.Contains(view.GetProperty("runtime").EnumerateObject(), f => f.Name.StartsWith("dotnet_gc_", StringComparison.Ordinal));
        Assert.Contains(view.GetProperty("runtime").EnumerateObject(), f => f.Name.StartsWith("dotnet_thread_pool_", StringComparison.Ordinal));
        Assert.True(GC.CollectionCount(2) > collections);
        Assert.Equal(2, none.Code);
        await api.StopAsync();
    }
}
