using System.CommandLine;
using System.Text.Json;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using Spectre.Console;

namespace EmailOps.Cli.Commands;

/// <summary><c>emailops automation|workers|process|samples</c>: the commands of the Aspire dashboard, in either topology.</summary>
internal static class OperationCommands
{
    private const string Actor = "emailops";

    public static IEnumerable<Command> All(IAnsiConsole console) =>
    [
        new("automation", "Holds all automatic answers, or lets them go on.")
        {
            Order(console, "pause", "Holds every automatic answer until somebody resumes; what people approve leaves all the same.", OrderKind.Pause, isGiven: true),
            Order(console, "resume", "Lets held answers go on, each checked once more as it leaves.", OrderKind.Pause, isGiven: false),
        },
        new("workers", "Has workers finish what they hold and claim nothing more, or work again.")
        {
            Order(console, "drain", "Has every worker finish what it holds and claim nothing more until somebody resumes. 0 in hand: drained.", OrderKind.Drain, isGiven: true),
            Order(console, "resume", "Has workers claim again.", OrderKind.Drain, isGiven: false),
        },
        UrgentCommand.Create(console, Trigger(console)),
        Trigger(console),
        new("samples", "Mail to look at.") { Plain(console, "load", "Makes the sample mailbox and fills it; again is safe, copies are recognised.", LoadAsync) },
    ];

    /// <summary>As <c>emailops trigger</c> and, as it was called first, <c>emailops process trigger</c>.</summary>
    private static Command Trigger(IAnsiConsole console) => Plain(console, "trigger", "Makes what waits for its time ready now; answers on hold stay on hold. The same as POST /process/trigger.", TriggerAsync);

    private static Command Order(IAnsiConsole console, string name, string text, OrderKind kind, bool isGiven)
    {
        var why = new Option<string?>("--why") { Description = "Shown to everybody until the order ends, at most 500 characters." };
        why.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>()?.Length > StandingOrders.LongestReason) result.AddError($"--why has at most {StandingOrders.LongestReason} characters.");
        });
        var json = new Option<bool>("--json") { Description = "The same as GET /operations." };
        var command = isGiven ? new Command(name, text) { why, json } : new Command(name, text) { json };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var installation = Installation.Open();
            var orders = installation.Get<StandingOrders>();
            var view = isGiven ? await orders.GiveAsync(kind, Actor, parsed.GetValue(why), cancel) : await orders.EndAsync(kind, Actor, cancel);
            if (parsed.GetValue(json)) console.Profile.Out.Writer.WriteLine(JsonSerializer.Serialize(view, ContractJson.Options));
            else foreach (var line in Lines(view, evenNothing: true)) console.MarkupLineInterpolated($"{line}");
            return CliHost.Done;
        });
        return command;
    }

    /// <summary>What is in force, for people.</summary>
    public static IEnumerable<string> Lines(OperationsView view, bool evenNothing = false)
    {
        if (view.Paused is { } paused) yield return $"Automatic answers are paused by {Said(paused)}; {view.HeldAnswers:N0} wait for the end of it.";
        else if (evenNothing) yield return "Automatic answers go on.";
        if (view.Draining is { } draining) yield return $"Workers claim nothing more, by order of {Said(draining)}; {(view.InHand == 0 ? "they hold nothing: drained" : $"{view.InHand:N0} still in hand")}.";
        else if (evenNothing) yield return "Workers work.";
        if (view.UrgentOnly is { } urgent) yield return $"Only messages of priority {urgent.MinPriority} and more go on past triage, by order of {Said(urgent)}.";
    }

    private static string Said(StandingOrderView order) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{order.By} since {order.At:yyyy-MM-dd HH:mm} UTC{(order.Reason is { } reason ? $" ({reason})" : "")}");

    private static Command Plain(IAnsiConsole console, string name, string text, Func<IAnsiConsole, Installation, CancellationToken, Task> run)
    {
        var command = new Command(name, text);
        command.SetAction(async (_, cancel) =>
        {
            await using var installation = Installation.Open();
            await run(console, installation, cancel);
            return CliHost.Done;
        });
        return command;
    }

    private static async Task TriggerAsync(IAnsiConsole console, Installation installation, CancellationToken cancel)
        => console.MarkupLineInterpolated($"{await installation.Get<WorkQueue>().TriggerAsync(null, cancel, Actor):N0} items need wait no longer.");

    private static async Task LoadAsync(IAnsiConsole console, Installation installation, CancellationToken cancel)
    {
        var run = await installation.Get<SampleMail>().LoadAsync(Actor, cancel);
        console.MarkupLineInterpolated($"{run.Stored:N0} sample mails loaded, {run.Duplicates:N0} were there already.");
    }
}
