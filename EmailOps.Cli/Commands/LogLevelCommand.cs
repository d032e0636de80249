using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.ServiceDefaults.Settings;
using Microsoft.Extensions.Logging;
using Spectre.Console;

namespace EmailOps.Cli.Commands;

/// <summary><c>emailops log-level debug --for 30m</c>: running processes log more for a while.</summary>
internal static class LogLevelCommand
{
    private const string Actor = "emailops";
    private static readonly TimeSpan Usual = TimeSpan.FromMinutes(30);

    public static Command Create(IAnsiConsole console)
    {
        var level = new Argument<string?>("LEVEL") { Description = "debug, info, warning or error; default: as the settings say. Without it, what is in force is shown.", Arity = ArgumentArity.ZeroOrOne };
        var time = new Option<string?>("--for") { Description = "How long: 30m, 2h, 1d; at most 7d. 30m without it." };
        var json = new Option<bool>("--json") { Description = "Print JSON; null: as the settings say." };
        var command = new Command("log-level", """
            Has every running Api and worker log more, or less, for a while; it ends by itself, and needs no restart. They obey within a few seconds.

            Examples:
              emailops log-level debug --for 30m
              emailops log-level default
              emailops log-level                 what is in force

            Exit codes: 0 done, 2 it cannot be done.
            """) { level, time, json };
        command.SetAction(async (parsed, cancel) =>
        {
            var span = Usual;
            if (parsed.GetValue(time) is { } text && (Span(text) is not { } given || given > LogLevels.Longest || (span = given) <= TimeSpan.Zero)) throw new CommandException("--for is a number with s, m, h or d behind it, such as 30m; at most 7d.");
            await using var installation = Installation.Open();
            var levels = installation.Get<LogLevels>();
            var order = parsed.GetValue(level) switch
            {
                null => await levels.FindAsync(cancel),
                var name when name.Equals("default", StringComparison.OrdinalIgnoreCase) => await levels.SetAsync(null, span, Actor, cancel),
                var name => await levels.SetAsync(Level(name), span, Actor, cancel),
            };
            if (parsed.GetValue(json)) console.Profile.Out.Writer.WriteLine(JsonSerializer.Serialize(order, ContractJson.Options));
            else console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"{(order is null ? "Every process logs as its settings say." : $"Every process logs at {order.Level} until {order.Until.UtcDateTime:yyyy-MM-dd HH:mm} UTC, by order of {order.By}.")}");
            return CliHost.Done;
        });
        return command;
    }

    private static LogLevel Level(string name)
    {
        try
        {
            return Setting.Level(name);
        }
        catch (FormatException allowed)
        {
            throw new CommandException($"{name} is no level: {allowed.Message}, or default.");
        }
    }

    /// <returns>Null for what is no time.</returns>
    private static TimeSpan? Span(string text) => text.Length > 1 && double.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number < 1e6
        ? text[^1] switch { 's' => TimeSpan.FromSeconds(number), 'm' => TimeSpan.FromMinutes(number), 'h' => TimeSpan.FromHours(number), 'd' => TimeSpan.FromDays(number), _ => null }
        : null;
}
