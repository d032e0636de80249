using System.Text.Json;
using EmailOps.ServiceDefaults.Logging;
using EmailOps.ServiceDefaults.Settings;
using EmailOps.Tests.Hosts;
using EmailOps.Tests.Outgoing;
using EmailOps.Tests.Postgres;
using EmailOps.Tests.Store;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace EmailOps.Tests.ServiceDefaults;

/// <summary>Errors as Sentry takes them, against a stand-in that speaks its protocol.</summary>
public sealed partial class SentryTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task An_error_is_reported_as_an_envelope_without_secrets_and_nothing_less_than_an_error_is()
    {
        await using var sentry = await StandInReceiver.StartAsync();
        await using var api = await TestHosts.ApiAsync(await postgres.CreateDatabaseAsync(), $"--SENTRY_DSN=http://public-key@{sentry.Address.Authority}/sub/42", "--EMAIL_PASSWORD=hunter22");
        var log = api.Services.GetRequiredService<ILoggerFactory>().CreateLogger("EmailOps.Worker.Delivery.Sender");

        LogNothingOfIt(log);
        LogFailure(log, new InvalidOperationException("no hunter22 for you"), 7);
        await Wait.UntilAsync(() => Task.FromResult(!sentry.Calls.IsEmpty), "an error is reported");

        var call = Assert.Single(sentry.Calls);
        Assert.Equal("/sub/api/42/envelope/", call.Path);
        Assert.Contains("sentry_key=public-key", call.Headers["X-Sentry-Auth"], StringComparison.Ordinal);
        Assert.Equal("application/x-sentry-envelope", call.Headers["Content-Type"]);
        var lines = call.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(3, lines.Length);
        Assert.Equal(JsonDocument.Parse(lines[0]).RootElement.GetProperty("event_id").GetString(), JsonDocument.Parse(lines[2]).RootElement.GetProperty("event_id").GetString());
        Assert.Equal(System.Text.Encoding.UTF8.GetByteCount(lines[2]), JsonDocument.Parse(lines[1]).RootElement.GetProperty("length").GetInt32());
        var report = JsonDocument.Parse(lines[2]).RootElement;
        Assert.Equal(("error", "Reply 7 failed with ***"), (report.GetProperty("level").GetString(), report.GetProperty("logentry").GetProperty("formatted").GetString()));
        Assert.Equal("delivery", report.GetProperty("tags").GetProperty("component").GetString());
        Assert.Equal("System.InvalidOperationException", report.GetProperty("exception").GetProperty("values")[0].GetProperty("type").GetString());
        Assert.DoesNotContain("hunter22", call.Text, StringComparison.Ordinal);
        await api.StopAsync();
    }

    [Fact]
    public async Task A_server_that_is_full_is_left_alone_and_nobody_waits_for_one_that_is_away()
    {
        await using var sentry = await StandInReceiver.StartAsync();
        sentry.Answer = StandInReceiver.Says(429, null, ("Retry-After", "3600"));
        await using (var reporter = new SentryReporter(SentryDsn.Parse($"http://k@{sentry.Address.Authority}/1"), SecretMask.None, "test", TimeProvider.System))
        {
            reporter.Report("A", LogLevel.Error, "one", null);
            await Wait.UntilAsync(() => Task.FromResult(!sentry.Calls.IsEmpty), "the first is reported");
            for (var i = 0; i < 1_000; i++) reporter.Report("A", LogLevel.Critical, new string('x', 50_000), null);
        }
        Assert.Single(sentry.Calls);
        await using var away = new SentryReporter(SentryDsn.Parse("http://k@127.0.0.1:1/1"), SecretMask.None, "test", TimeProvider.System);
        away.Report("A", LogLevel.Error, "one", null);
    }

    [Theory]
    [InlineData("nowhere")]
    [InlineData("https://sentry.example.com/1")]
    [InlineData("https://key@sentry.example.com/")]
    [InlineData("ftp://key@sentry.example.com/1")]
    public void What_is_no_address_of_a_project_is_refused_by_name(string dsn) => Assert.Contains("SENTRY_DSN", Assert.Throws<InvalidSettingException>(() => SentryDsn.Parse(dsn)).Message, StringComparison.Ordinal);

    [LoggerMessage(Level = LogLevel.Warning, Message = "not this")]
    private static partial void LogNothingOfIt(ILogger log);

    [LoggerMessage(Level = LogLevel.Error, Message = "Reply {OutboundId} failed with hunter22")]
    private static partial void LogFailure(ILogger log, Exception failure, int outboundId);
}
