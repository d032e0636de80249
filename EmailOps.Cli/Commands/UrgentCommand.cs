using System.CommandLine;
using System.Text.Json;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using Spectre.Console;

namespace EmailOps.Cli.Commands;

/// <summary><c>emailops process --min-priority 8</c>: in an emergency only the urgent goes on.</summary>
internal static class UrgentCommand
{
    private const string Actor = "emailops";

    /// <param name="console">Where the answer goes.</param>
    /// <param name="trigger">Its subcommand.</param>
    public static Command Create(IAnsiConsole console, Command trigger)
    {
        var least = new Option<int?>("--min-priority") { Description = "1 to 10. Messages below it are triaged, which tells their priority, and then wait." };
        least.Validators.Add(given => { if (given.GetValueOrDefault<int?>() is < 1 or > 10) given.AddError("--min-priority is between 1 and 10."); });
        var all = new Option<bool>("--all") { Description = "Messages of every priority go on." };
        var why = new Option<string?>("--why") { Description = "Shown to everybody until the order ends, at most 500 characters." };
        why.Validators.Add(given => { if (given.GetValueOrDefault<string>()?.Length > StandingOrders.LongestReason) given.AddError($"--why has at most {StandingOrders.LongestReason} characters."); });
        var json = new Option<bool>("--json") { Description = "The same as GET /operations." };
        var command = new Command("process", """
            Has only urgent messages go on past triage, in all workers, until somebody says otherwise; or pushes the queue. Replies on their way and what people approved are not held.

            Examples:
              emailops process --min-priority 8 --why "the model server is down"
              emailops process --all                everything goes on again
              emailops process trigger              what waits for its time is ready now

            Exit codes: 0 done, 2 it cannot be done.
            """) { least, all, why, json };
        command.Subcommands.Add(trigger);
        command.SetAction(async (parsed, cancel) =>
        {
            var (level, everything) = (parsed.GetValue(least), parsed.GetValue(all));
            if (level is null == !everything) throw new CommandException("Say --min-priority N or --all; see: emailops process --help");
            await using var installation = Installation.Open();
            var orders = installation.Get<StandingOrders>();
            var view = everything ? await orders.EndAsync(OrderKind.Urgent, Actor, cancel) : await orders.GiveAsync(OrderKind.Urgent, Actor, parsed.GetValue(why), cancel, level);
            if (parsed.GetValue(json)) console.Profile.Out.Writer.WriteLine(JsonSerializer.Serialize(view, ContractJson.Options));
            else if (view.UrgentOnly is null) console.MarkupLine("Messages of every priority go on.");
            else foreach (var line in OperationCommands.Lines(view)) console.MarkupLineInterpolated($"{line}");
            return CliHost.Done;
        });
        return command;
    }
}
