using EmailOps.Core.Data;
using EmailOps.Core.Data.Access;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace EmailOps.Cli.Incidents;

/// <summary>One step that limits an incident, and how it went.</summary>
/// <param name="Done">Null: only offered.</param>
internal sealed record ContainmentStep(string Action, string Text, bool? Done = null, string? Result = null);

/// <summary>What limits the incidents of each type. Offered always, done only when somebody says so.</summary>
internal sealed class Containment(Installation installation, string actor)
{
    private static readonly TimeSpan Logging = TimeSpan.FromHours(24);

    public static IReadOnlyList<string> Types { get; } = ["data_breach", "unauthorized_access", "malware", "dos_attack"];

    public static IReadOnlyList<ContainmentStep> Of(string type) => type switch
    {
        "data_breach" => [Pause, Drain, Keys, Sessions, Log],
        "unauthorized_access" => [Keys, Sessions, Pause, Log],
        "malware" => [Drain, Pause, Log],
        _ => [Pause, Log],
    };

    private static ContainmentStep Pause => new("pause", "Hold automatic answers (emailops automation pause)");
    private static ContainmentStep Drain => new("drain", "Have workers finish what they hold and claim nothing more (emailops workers drain)");
    private static ContainmentStep Keys => new("keys", "Revoke every key of programs to the Api (emailops key revoke)");
    private static ContainmentStep Sessions => new("sessions", "Sign everybody out of the console");
    private static ContainmentStep Log => new("log", "Log everything for a day (emailops log-level debug --for 1d)");

    /// <summary>Each by itself: what cannot be done does not keep the next from being done.</summary>
    public async Task<ContainmentStep> RunAsync(ContainmentStep step, string why, CancellationToken cancel)
    {
        try
        {
            return step with { Done = true, Result = await DoAsync(step.Action, why, cancel) };
        }
        catch (Exception failure) when (StoreFailures.Explain(failure) is { } text)
        {
            return step with { Done = false, Result = text };
        }
    }

    private async Task<string> DoAsync(string action, string why, CancellationToken cancel)
    {
        switch (action)
        {
            case "pause":
                var paused = await installation.Get<StandingOrders>().GiveAsync(OrderKind.Pause, actor, why, cancel);
                return $"Held; {paused.HeldAnswers} answers wait.";
            case "drain":
                var drained = await installation.Get<StandingOrders>().GiveAsync(OrderKind.Drain, actor, why, cancel);
                return $"{drained.InHand} still in hand.";
            case "keys":
                var keys = installation.Get<KeyStore>();
                var revoked = new List<string>();
                foreach (var key in (await keys.AllAsync(cancel)).Where(k => k.RevokedAt is null))
                    if (await keys.RevokeAsync(key.Id, actor, cancel) is not null) revoked.Add(key.Name);
                return revoked.Count == 0 ? "There was none. The installation's own key is changed with: emailops rotate-secret api-key" : $"Revoked {string.Join(", ", revoked)}. The installation's own key is changed with: emailops rotate-secret api-key";
            case "sessions":
                await using (var connection = await installation.Get<NpgsqlDataSource>().OpenConnectionAsync(cancel))
                {
                    var ended = await Sql.ExecuteAsync(connection, "delete from user_session", [], cancel);
                    await AuditLine.WriteAsync(connection, actor, "sign-in.end", "installation", 0, $"Signed everybody out: {ended} sessions. {why}", cancel);
                    return $"Ended {ended} sessions.";
                }
            default:
                var order = await installation.Get<LogLevels>().SetAsync(LogLevel.Debug, Logging, actor, cancel);
                return $"Until {order!.Until.UtcDateTime:yyyy-MM-dd HH:mm} UTC.";
        }
    }
}
