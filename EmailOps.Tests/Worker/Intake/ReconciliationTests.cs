using System.Net;
using System.Text.Json;
using EmailOps.Core.Contracts;
using EmailOps.Tests.Hosts;
using EmailOps.Tests.MailServers;
using EmailOps.Tests.Postgres;
using EmailOps.Tests.Store;

namespace EmailOps.Tests.Worker.Intake;

public sealed class ReconciliationTests(PostgresFixture postgres, MailServersFixture mail) : IClassFixture<PostgresFixture>, IClassFixture<MailServersFixture>
{
    private static IEnumerable<string> Mails(int count) => Enumerable.Range(0, count).Select(i => MailText.Of(id: $"{i}@customer.example", subject: $"Question {i}", body: $"Where is parcel {i}?"));

    /// <summary>Mails as if they had been passed over: their place and all that was stored of them is gone.</summary>
    private static Task LoseAsync(ReadMailbox mailbox, string uids) => mailbox.Store.ExecuteAsync($"""
        delete from message where id in (select e.message_id from server_message s join intake_entry e on e.id = s.entry_id where s.uid in ({uids}));
        delete from server_message where uid in ({uids})
        """);

    [Fact]
    public async Task A_gap_is_found_counted_and_filled()
    {
        if (!mail.TryGet(out var servers)) return;
        var user = await servers.AddUserAsync();
        servers.Delivery.Drop(user, Mails(60));
        await using var mailbox = await ReadMailbox.CreateAsync(postgres, servers, user);
        await mailbox.WorkAsync();
        await mailbox.UntilStoredAsync(60);
        // The first comparison comes by itself.
        await mailbox.UntilAsync(() => mailbox.Store.AskAsync<bool>("select exists (select from reconciliation where requested_by = 'schedule' and finished_at is not null)"), "the first comparison");
        await LoseAsync(mailbox, "1, 7, 8, 9, 60");
        Assert.Equal(55, await mailbox.MessagesAsync());

        var found = await mailbox.ReconcileAsync();

        Assert.Equal((60, 55, 5, 5, null), (found.OnServer, found.Known, found.Missing, found.Backfilled, found.Problem));
        Assert.Equal(60, await mailbox.MessagesAsync());
        var folder = Assert.Single((await mailbox.ReadingAsync()).Folders);
        Assert.Equal((0, 60), (folder.Gap, folder.OnServer));
        Assert.NotNull(folder.ReconciledAt);
        Assert.Equal(0, (await mailbox.ReconcileAsync()).Missing);
    }

    [Fact]
    public async Task A_gap_is_shown_in_metrics_and_health_until_it_is_filled()
    {
        if (!mail.TryGet(out var servers)) return;
        var user = await servers.AddUserAsync();
        servers.Delivery.Drop(user, Mails(3));
        await using var mailbox = await ReadMailbox.CreateAsync(postgres, servers, user);
        var first = await mailbox.WorkAsync();
        await mailbox.UntilStoredAsync(3);
        await mailbox.UntilAsync(() => mailbox.Store.AskAsync<bool>("select exists (select from reconciliation where finished_at is not null)"), "the first comparison");
        await mailbox.StopAsync(first);

        // As a comparison leaves it whose mails could not be fetched.
        await mailbox.Store.ExecuteAsync("update mailbox_folder set gap = 4");
        var worker = await mailbox.WorkAsync();
        await mailbox.UntilStateAsync(LoopState.Watching);
        var health = await mailbox.HealthAsync();
        Assert.Equal("degraded", health.Status);
        Assert.Contains("4 mails on the server are not in the ledger (INBOX). Run: emailops reconcile", health.Detail, StringComparison.Ordinal);
        using var http = new HttpClient { BaseAddress = worker.Address() };
        await mailbox.UntilAsync(async () => (await http.GetStringAsync("/metrics")).Contains($"emailops_intake_gap{{mailbox=\"{user.Address}\",folder=\"INBOX\"}} 4", StringComparison.Ordinal), "the gap is in the metrics");
        Assert.Contains($"emailops_intake_heard_seconds{{mailbox=\"{user.Address}\"}}", await http.GetStringAsync("/metrics"), StringComparison.Ordinal);

        await mailbox.ReconcileAsync();
        Assert.Equal("healthy", (await mailbox.HealthAsync()).Status);
        Assert.Contains($"emailops_intake_gap{{mailbox=\"{user.Address}\",folder=\"INBOX\"}} 0", await http.GetStringAsync("/metrics"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_api_tells_how_a_mailbox_is_read_and_takes_requests_of_people_into_the_audit_log()
    {
        if (!mail.TryGet(out var servers)) return;
        var user = await servers.AddUserAsync();
        servers.Delivery.Drop(user, Mails(4));
        await using var mailbox = await ReadMailbox.CreateAsync(postgres, servers, user);
        await using var api = await TestHosts.ApiAsync(mailbox.Store.ConnectionString);
        using var caller = new ApiCaller(api.Address(), TestHosts.Key);

        var waiting = await caller.SendAsync<ReconciliationView>(HttpMethod.Post, $"/mailboxes/{mailbox.Id}/reconciliations", null);
        Assert.Contains("No worker reads this mailbox", waiting.Problem, StringComparison.Ordinal);
        var unhealthy = await caller.Http.GetAsync("/health/detailed");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, unhealthy.StatusCode);
        Assert.Contains("No worker reads it", JsonDocument.Parse(await unhealthy.Content.ReadAsStringAsync()).RootElement.GetProperty("components").GetProperty($"intake:{user.Address}").GetProperty("detail").GetString(), StringComparison.Ordinal);

        await mailbox.WorkAsync();
        await mailbox.UntilAsync(async () => (await caller.GetAsync<ReconciliationView[]>($"/mailboxes/{mailbox.Id}/reconciliations"))[0].FinishedAt is not null, "the waiting comparison is done");
        var reading = await caller.GetAsync<MailboxReading>($"/mailboxes/{mailbox.Id}/reading");
        Assert.Equal((4, 0, false), (reading.Folders[0].Known, reading.Folders[0].Gap, reading.SilentTooLong));
        Assert.Equal(["Olga"], await mailbox.Store.ColumnAsync<string>("select actor from audit_entry where action = 'mailbox.reconcile'"));
        Assert.Equal("healthy", (await caller.GetAsync<HealthReportView>("/health/detailed")).Components[$"intake:{user.Address}"].Status);

        var plain = await mailbox.Store.MailboxAsync("import-only@shop.example");
        using var nothing = await caller.SendAsync(HttpMethod.Post, $"/mailboxes/{plain}/reconciliations", null);
        await ApiCaller.ProblemAsync(nothing, 409);
        Assert.Equal(LoopState.Stopped, (await caller.GetAsync<MailboxReading>($"/mailboxes/{plain}/reading")).State);
        foreach (var path in new[] { "/mailboxes/99999/reading", "/mailboxes/99999/reconciliations" })
        {
            using var none = await caller.Http.GetAsync(path);
            await ApiCaller.ProblemAsync(none, 404);
        }
    }

    [Fact]
    public async Task The_command_waits_for_the_worker_and_its_exit_code_tells_what_is_left()
    {
        if (!mail.TryGet(out var servers)) return;
        var user = await servers.AddUserAsync();
        servers.Delivery.Drop(user, Mails(20));
        await using var mailbox = await ReadMailbox.CreateAsync(postgres, servers, user);
        (string, string)[] settings = [("ConnectionStrings__emailops", mailbox.Store.ConnectionString), ("Intake__Lease", "00:00:02")];
        Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments) => OwnProcess.RunAsync("emailops", ["reconcile", .. arguments], settings);

        var (code, output, error) = await RunAsync(user.Address, "--wait");
        Assert.Equal(2, code);
        Assert.Contains("No worker reads this mailbox", output + error, StringComparison.Ordinal);

        await mailbox.WorkAsync();
        await mailbox.UntilStoredAsync(20);
        await mailbox.ReconcileAsync();
        await LoseAsync(mailbox, "3, 4");
        (code, output, error) = await RunAsync("--wait", "--json");
        Assert.True(code == 0, output + error);
        var view = Assert.Single(JsonSerializer.Deserialize<ReconciliationView[]>(output, ContractJson.Options)!);
        Assert.Equal((20, 2, 2), (view.OnServer, view.Missing, view.Backfilled));

        Assert.Equal(2, (await RunAsync("nobody@shop.example")).Code);
        (code, output, _) = await RunAsync("--help");
        Assert.Equal(0, code);
        Assert.Contains("emailops reconcile support@example.com --wait", output, StringComparison.Ordinal);
        await mailbox.Store.ExecuteAsync("update mailbox_folder set gap = 1");
        Assert.Equal(1, (await RunAsync(user.Address)).Code);
    }
}
