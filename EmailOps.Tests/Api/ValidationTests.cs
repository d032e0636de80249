using System.Net;
using System.Net.Sockets;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data.Checks;
using EmailOps.Core.Mailboxes.Checking;
using EmailOps.Tests.Hosts;
using Microsoft.Extensions.Logging.Abstractions;

namespace EmailOps.Tests.Api;

public sealed class ValidationTests(ApiInstallation installation) : IClassFixture<ApiInstallation>
{
    private sealed class Check(string name, Func<CancellationToken, Task<ValidationView>> ask) : IConfigurationCheck
    {
        public int Asked { get; private set; }
        public string Name => name;

        public Task<ValidationView> CheckAsync(CancellationToken cancel)
        {
            Asked++;
            return ask(cancel);
        }
    }

    private static Check Saying(string name, string status) => new(name, _ => Task.FromResult(new ValidationView(status, status)));

    private static int ClosedPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    [Fact]
    public async Task Every_server_is_contacted_and_what_is_wrong_names_what_mends_it()
    {
        var closed = ClosedPort();
        await installation.Caller.SendAsync<MailboxSetup>(HttpMethod.Post, Routes.Mailboxes, new SaveMailbox("broken@shop.example", "", new MailboxSettings { Imap = new MailServerSettings("127.0.0.1", closed, MailSecurity.None) }, "secret-word"));
        await using var api = await TestHosts.ApiAsync(installation.Store.ConnectionString, $"--Alerts:WebhookUrl=http://127.0.0.1:{closed}/hook/secret-path", "--Outgoing:Allow=127.0.0.1", "--LanguageModels:Enabled=false");
        using var caller = new ApiCaller(api.Address(), TestHosts.Key);

        var text = await caller.Http.GetStringAsync(ConfigurationRoutes.Validation);
        var report = await caller.GetAsync<ValidationReport>(ConfigurationRoutes.Validation);
        await api.StopAsync();

        Assert.False(report.Valid);
        var found = report.Validations;
        Assert.Equal(ValidationView.Valid, found["database"].Status);
        Assert.Contains(found["database"].Parts!, p => p.Name == "pgvector");
        Assert.Equal((ValidationView.NotConfigured, ValidationView.NotConfigured), (found["redis"].Status, found["llm_service"].Status));
        Assert.Equal((ValidationView.NotConfigured, ValidationView.NotConfigured), (found["m365"].Status, found["teams"].Status));
        var mailbox = Assert.Single(found["mailboxes"].Parts!);
        Assert.Equal(("broken@shop.example", ValidationView.Invalid), (mailbox.Name, mailbox.Status));
        Assert.NotEmpty(mailbox.Fix!);
        Assert.Equal(ValidationView.Invalid, found["webhooks"].Status);
        Assert.All(new[] { "secret-word", "secret-path" }, secret => Assert.DoesNotContain(secret, text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task One_check_that_fails_hides_no_other_the_last_of_a_name_counts_and_one_round_serves_all_who_ask()
    {
        var (fine, old) = (Saying("database", ValidationView.Valid), Saying("m365", ValidationView.Invalid));
        using var quick = new ConfigurationChecks([fine, old, new Check("faulty", _ => throw new InvalidOperationException("password=secret")), Saying("m365", ValidationView.Valid)], TimeProvider.System, NullLogger<ConfigurationChecks>.Instance);
        var asked = fine.Asked;
        var reports = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => quick.RunAsync(CancellationToken.None)));
        Assert.Equal(asked + 1, fine.Asked);
        Assert.Equal(0, old.Asked);
        Assert.All(reports, r => Assert.Equal((false, ValidationView.Valid, ValidationView.Invalid), (r.Valid, r.Validations["m365"].Status, r.Validations["faulty"].Status)));
        Assert.DoesNotContain("secret", reports[0].Validations["faulty"].Detail, StringComparison.Ordinal);
    }
}
