using System.Diagnostics;
using System.Text.Json;
using EmailOps.ServiceDefaults.Logging;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace EmailOps.Tests.ServiceDefaults;

public sealed class LogLineTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 21, 12, 0, 0, 250, TimeSpan.Zero);

    [Fact]
    public void A_line_has_the_names_that_log_queries_use()
    {
        using var activity = new Activity("request").SetIdFormat(ActivityIdFormat.W3C).Start();

        var line = Write("EmailOps.Worker.Stages.StageLoop", LogLevel.Warning, [new("MessageId", 42L), new("ElapsedMilliseconds", 12.5), new("{OriginalFormat}", "…")], "slow");

        Assert.Equal("2026-11-21T12:00:00.250Z", line.GetProperty("ts").GetString());
        Assert.Equal("WARNING", line.GetProperty("level").GetString());
        Assert.Equal("EmailOps.Worker.Stages.StageLoop", line.GetProperty("logger").GetString());
        Assert.Equal("slow", line.GetProperty("message").GetString());
        Assert.Equal(Environment.ProcessId, line.GetProperty("pid").GetInt32());
        Assert.Equal(Environment.CurrentManagedThreadId, line.GetProperty("thread").GetInt32());
        Assert.Equal(activity.TraceId.ToHexString(), line.GetProperty("request_id").GetString());
        Assert.Equal("stages", line.GetProperty("component").GetString());
        Assert.Equal(42, line.GetProperty("message_id").GetInt64());
        Assert.Equal(12.5, line.GetProperty("duration_ms").GetDouble());
    }

    [Fact]
    public void A_component_that_was_given_wins_over_the_logger_s_name() =>
        Assert.Equal("llm", Write("EmailOps.Core.Triage.Agents.Summary", LogLevel.Information, [new("Component", "llm")], "").GetProperty("component").GetString());

    [Fact]
    public void A_value_cannot_pretend_to_be_a_field_of_the_line() =>
        Assert.Equal("WARNING", Write("A", LogLevel.Warning, [new("Level", "fine"), new("level", "fine")], "").GetProperty("level").GetString());

    [Fact]
    public void A_line_end_in_a_message_does_not_begin_a_new_line()
    {
        var text = Line(SecretMask.None).Write("A", LogLevel.Information, Array.Empty<KeyValuePair<string, object?>>(), "one\n{\"level\":\"ERROR\"}", null, null);

        Assert.DoesNotContain('\n', text);
    }

    [Fact]
    public void Configured_secrets_are_nowhere_in_a_line()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(
        [
            new("Mailbox:Password", "hunter22"), new("EMAILOPS_API_KEY", "eo_key_1234"), new("ConnectionStrings:emailops", "Host=db;Username=u;Password=pgpass99"),
            new("INDEX_DB_URL", "postgres://u:url%40pass@h/d"), new("Short:Token", "ab"), new("Mailbox:Username", "alice"),
        ]).Build();

        var text = Line(SecretMask.From(configuration)).Write("A", LogLevel.Error, new KeyValuePair<string, object?>[] { new("Answer", "535 hunter22 refused"), new("Short", "ab") },
            "tried eo_key_1234 for alice", new InvalidOperationException("no pgpass99 and no url@pass"), null);

        foreach (var secret in (string[])["hunter22", "eo_key_1234", "pgpass99", "url@pass"])
            Assert.DoesNotContain(secret, text, StringComparison.Ordinal);
        Assert.Contains("alice", text, StringComparison.Ordinal);
        Assert.Contains("535 *** refused", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("MessageId", "message_id")]
    [InlineData("ElapsedMS", "elapsed_ms")]
    [InlineData("HTTPStatus", "http_status")]
    [InlineData("already_snake", "already_snake")]
    [InlineData("With.Dots", "with_dots")]
    public void Names_become_snake_case(string name, string expected) => Assert.Equal(expected, LogLine.SnakeCase(name));

    private static JsonElement Write(string logger, LogLevel level, KeyValuePair<string, object?>[] state, string message) =>
        JsonSerializer.Deserialize<JsonElement>(Line(SecretMask.None).Write(logger, level, state, message, null, null));

    private static LogLine Line(SecretMask mask) => new(mask, new FixedTime(Noon));
}
