using System.Net;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Tests.Graph.StandIn;
using EmailOps.Tests.Hosts;
using EmailOps.Tests.Postgres;
using EmailOps.Tests.Store;

namespace EmailOps.Tests.Graph;

/// <summary>Graph tells of new mail: the address proves itself, what is told wakes the loop, what is forged does nothing, and subscriptions do not end.</summary>
public sealed class GraphNotificationTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task Graph_tells_of_new_mail_and_subscriptions_are_renewed_and_made_again()
    {
        await using var graph = await StandInGraph.StartAsync(GraphMailbox.Address);
        await using var empty = await TestStore.CreateAsync(postgres);
        await using var api = await TestHosts.ApiAsync(empty.ConnectionString);
        var hook = new Uri(api.Address(), GraphRoutes.Hook);
        await using var store = await TestStore.OpenAsync(empty.ConnectionString, [.. graph.Settings, ("Microsoft365:NotificationUrl", hook.AbsoluteUri)]);
        var made = await store.Get<MailboxStore>().CreateAsync("test", new SaveMailbox(GraphMailbox.Address, "", new MailboxSettings { Provider = MailboxProvider.Graph, Folders = ["INBOX", "Archive"] }), CancellationToken.None);
        var subscriptions = store.Get<GraphSubscriptions>();

        Assert.Equal((2, 2), Counts(await subscriptions.KeepAsync(CancellationToken.None)));
        Assert.Equal((2, 0), Counts(await subscriptions.KeepAsync(CancellationToken.None)));
        var inbox = graph.Subscriptions.Values.Single(s => s.Resource.Contains("inbox", StringComparison.Ordinal));
        Assert.Equal(0, await store.AskAsync<long>($"select count(*) from graph_subscription where encode(state_hash, 'escape') like '%{inbox.ClientState}%'"));

        await using var listener = await store.Source.OpenConnectionAsync();
        var woken = new List<string>();
        listener.Notification += (_, told) => woken.Add(told.Payload);
        await using (var listen = new Npgsql.NpgsqlCommand($"listen {LoopStore.Channel}", listener)) await listen.ExecuteNonQueryAsync();
        Assert.Equal(202, await StandInOther.NotifyAsync(inbox, "some-id", clientState: "guessed"));
        Assert.Equal(202, await StandInOther.NotifyAsync(inbox, "some-id"));
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (woken.Count == 0) await listener.WaitAsync(patience.Token);
        Assert.Equal([$"{made.Id}"], woken);
        Assert.Equal(0, await subscriptions.WakeAsync([(inbox.Id, "guessed"), ("nobody", inbox.ClientState!)], CancellationToken.None));

        using var http = new HttpClient();
        using (var page = await http.PostAsync(new Uri(hook + "?validationToken=%3Cscript%3E"), null)) Assert.Equal(("text/plain", "<script>"), (page.Content.Headers.ContentType!.MediaType, await page.Content.ReadAsStringAsync()));
        using (var nonsense = await http.PostAsync(hook, new StringContent("{"))) Assert.Equal(HttpStatusCode.BadRequest, nonsense.StatusCode);

        // Near its end it is renewed; gone at Graph it is made again.
        await store.ExecuteAsync("update graph_subscription set until = now() + interval '1 hour'");
        graph.Subscriptions.TryRemove(inbox.Id, out _);
        Assert.Equal((2, 2), Counts(await subscriptions.KeepAsync(CancellationToken.None)));
        Assert.Equal(1, graph.Count("POST", "/v1.0/subscriptions") - 2);
        Assert.Equal(2, graph.Count("PATCH", "/v1.0/subscriptions"));
        Assert.Equal(2, await store.AskAsync<long>("select count(*) from graph_subscription where until > now() + interval '2 days'"));
        await api.StopAsync();
    }

    private static (int There, int Changed) Counts((int There, int Changed, IReadOnlyList<string> Problems) kept)
    {
        Assert.Empty(kept.Problems);
        return (kept.There, kept.Changed);
    }
}
