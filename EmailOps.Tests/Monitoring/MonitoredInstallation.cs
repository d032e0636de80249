using System.Text.Json.Nodes;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Tests.Hosts;
using EmailOps.Tests.Outgoing;
using EmailOps.Tests.Postgres;
using EmailOps.Tests.Store;
using Microsoft.AspNetCore.Builder;

namespace EmailOps.Tests.Monitoring;

/// <summary>An Api and workers whose monitor looks several times a second, and somebody who is told.</summary>
public sealed class MonitoredInstallation : IAsyncLifetime
{
    private readonly PostgresFixture _postgres = new();
    private readonly List<WebApplication> _workers = [];
    private int _mail;

    internal WebApplication Api { get; private set; } = null!;
    internal TestStore Store { get; private set; } = null!;
    internal ApiCaller Caller { get; private set; } = null!;
    internal StandInReceiver Receiver { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Receiver = await StandInReceiver.StartAsync();
        Store = await TestStore.CreateAsync(_postgres);
        Api = await TestHosts.ApiAsync(Store.ConnectionString, "--Alerts:Enabled=true");
        Caller = new ApiCaller(Api.Address(), TestHosts.Key);
        await StartWorkerAsync();
        await StartWorkerAsync();
    }

    internal async Task StartWorkerAsync() => _workers.Add(await TestHosts.WorkerAsync(Store.ConnectionString,
        "--Alerts:Enabled=true", "--Alerts:Every=00:00:00.1", "--Alerts:WebhookSecret=a-secret-that-is-long-enough", $"--Alerts:WebhookUrl={Receiver.Address}alerts", "--OUTGOING_ALLOW=127.0.0.1", "--Outgoing:Allow=127.0.0.1",
        "--WEB_PUBLIC_URL=https://mail.example.com/", "--LanguageModels:FindLocal=false",
        "--Alerts:Rules:EmailQueueBacklog:Threshold=2", "--Alerts:Rules:EmailQueueBacklog:For=00:00:00.5", "--Alerts:Rules:DeadLetters:For=00:00:00.2"));

    internal async Task StopWorkersAsync()
    {
        foreach (var worker in _workers)
        {
            await worker.StopAsync();
            await worker.DisposeAsync();
        }
        _workers.Clear();
    }

    /// <summary>Three messages that nobody judges until the workers may work again.</summary>
    internal async Task BlockAsync()
    {
        await Store.Get<StandingOrders>().GiveAsync(OrderKind.Drain, "test", null, CancellationToken.None);
        await Store.StoreAsync([.. Enumerable.Range(0, 3).Select(_ => MailText.Of(id: $"m{++_mail}@customer.example", subject: $"Where is parcel {_mail}"))]);
    }

    internal Task UnblockAsync() => Store.Get<StandingOrders>().EndAsync(OrderKind.Drain, "test", CancellationToken.None);

    internal async Task<AlertView?> FiringAsync(string name = "EmailQueueBacklog") => (await Caller.GetAsync<AlertsView>($"{AlertRoutes.All}?name={name}")).Alerts is [var first, ..] ? first : null;

    internal async Task<AlertView> UntilFiringAsync(string name = "EmailQueueBacklog")
    {
        AlertView? found = null;
        await Wait.UntilAsync(async () => (found = await FiringAsync(name)) is not null, $"{name} fires");
        return found!;
    }

    internal Task UntilOverAsync(string name = "EmailQueueBacklog") => Wait.UntilAsync(async () => await FiringAsync(name) is null, $"{name} is over");

    /// <summary>What was told of an alert, in order.</summary>
    internal List<JsonNode> Told(string name = "EmailQueueBacklog") => [.. Receiver.Calls.Select(c => JsonNode.Parse(c.Text)!).Where(j => $"{j["name"]}" == name)];

    public async Task DisposeAsync()
    {
        await StopWorkersAsync();
        Caller.Dispose();
        await Api.StopAsync();
        await Api.DisposeAsync();
        await Store.DisposeAsync();
        await Receiver.DisposeAsync();
        await _postgres.DisposeAsync();
    }
}
