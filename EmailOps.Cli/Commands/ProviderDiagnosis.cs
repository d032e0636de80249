using System.CommandLine;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data.Checks;
using Spectre.Console;

namespace EmailOps.Cli.Commands;

/// <summary><c>emailops provider diagnose|test</c>: the way to a provider, and what is missing there.</summary>
internal static class ProviderDiagnosis
{
    public static Command Diagnose(IAnsiConsole console)
    {
        var name = new Argument<string>("NAME") { Description = $"{string.Join(", ", Reachability.Names)}, or the address of a mailbox." };
        var json = MailboxCommand.JsonOption();
        var command = new Command("diagnose", "Goes the way to a provider step by step (name, port, TLS and its certificate, sign-in, permissions) and says what to change. Nothing is changed or sent. Exit code 1 when a step fails.") { name, json };
        command.SetAction(async (parsed, cancel) =>
        {
            var asked = parsed.GetRequiredValue(name);
            await using var installation = Installation.Open();
            var report = await installation.Get<Reachability>().RunAsync(asked, cancel)
                ?? throw new CommandException($"There is no provider and no mailbox {asked}. Providers: {string.Join(", ", Reachability.Names)}; for mailboxes see: emailops mailbox list");
            return Show(console, report, parsed.GetValue(json));
        });
        return command;
    }

    public static Command Test(IAnsiConsole console)
    {
        var name = new Argument<string>("NAME") { Description = "m365, teams, slack, webhook, pagerduty or email." };
        name.AcceptOnlyFromAmong("m365", "teams", "slack", "webhook", "pagerduty", "email");
        var json = MailboxCommand.JsonOption();
        var command = new Command("test", "m365: signs in and looks whether everything needed is granted; nothing is changed or sent. Others: tells every channel of the kind something harmless, for real. Exit code 1 when something does not work.") { name, json };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var installation = Installation.Open();
            var asked = parsed.GetRequiredValue(name);
            // Without a channel there still are permissions to look at.
            if (asked != "m365" && await ChannelCommand.TestKindAsync(console, installation, Enum.Parse<ChannelKind>(asked, ignoreCase: true), parsed.GetValue(json), cancel) is { } tested) return tested;
            if (asked is not ("m365" or "teams")) throw new CommandException($"There is no channel of kind {asked}. Add one: emailops channel add {asked} NAME ...");
            return Show(console, (await installation.Get<Reachability>().RunAsync(asked, cancel))!, parsed.GetValue(json));
        });
        return command;
    }

    private static int Show(IAnsiConsole console, ConnectionReport report, bool json)
    {
        if (json) MailboxCommand.Print(console, report);
        else
        {
            foreach (var steps in report.Steps.GroupBy(s => s.Service))
            {
                console.MarkupLineInterpolated($"[bold]{steps.Key}[/]");
                foreach (var step in steps)
                {
                    console.MarkupLine($"  {(step.Ok ? "[green]ok    [/]" : "[red]FAILED[/]")} {Markup.Escape(step.Step)}: {Markup.Escape(step.Detail)}");
                    if (step.Fix is { } fix) console.MarkupLineInterpolated($"         [bold]fix:[/] {fix}");
                }
            }
            console.MarkupLine(report.Ok ? "Everything works." : "[red]Something does not work.[/]");
        }
        return report.Ok ? CliHost.Done : CliHost.WithProblems;
    }
}
