using System.CommandLine;
using System.Text.Json;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using Spectre.Console;

namespace EmailOps.Cli.Commands;

/// <summary><c>emailops mailbox list|show|add|set|test|enable|disable</c>: the addresses that are read and answered from.</summary>
internal static class MailboxCommand
{
    public static Command Create(IAnsiConsole console) => new("mailbox", """
        The addresses that are read and answered from: list, show, add, set, reply, test, enable, disable.

        Examples:
          emailops mailbox add support@example.com                       asks for the password, finds the servers, tests, saves
          emailops mailbox add support@example.com --imap-host mail.example.com --password-stdin < password.txt
          emailops mailbox set support@example.com --folder INBOX --folder Web --hold-seconds 300
          emailops mailbox reply support@example.com --signature "Nordlicht GmbH\nKiel"   how replies begin and end
          emailops mailbox test support@example.com --json
          emailops mailbox disable support@example.com                   neither read nor answered from; its mail waits on the server

        Passwords are read from the terminal, from standard input or from a file, never from the command line: arguments are seen by everybody
        on the machine and stay in the shell's history.
        """)
    {
        List(console), Show(console), MailboxSaving.Add(console), MailboxSaving.Set(console), ReplyCommand.Create(console), Test(console), Switch(console, true), Switch(console, false),
    };

    /// <summary>Who acts, for the audit.</summary>
    public static string Actor => $"{Environment.UserName} (command line)";

    public static Argument<string> AddressArgument() => new("ADDRESS") { Description = "The mailbox's address." };

    public static Option<bool> JsonOption() => new("--json") { Description = "Print JSON. Passwords are never in it." };

    public static async Task<MailboxSetup> FindAsync(Installation installation, string address, CancellationToken cancel)
        => await installation.Get<MailboxStore>().FindAsync(address, cancel) ?? throw new CommandException($"There is no mailbox {address}. See: emailops mailbox list");

    public static void Print<T>(IAnsiConsole console, T value) => console.Profile.Out.Writer.WriteLine(JsonSerializer.Serialize(value, ContractJson.Options));

    private static Command List(IAnsiConsole console)
    {
        var json = JsonOption();
        var command = new Command("list", "Lists the mailboxes and how their reading goes.") { json };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var installation = Installation.Open();
            var all = await installation.Get<MailboxStore>().ListAsync(cancel);
            if (parsed.GetValue(json))
            {
                Print(console, all);
                return CliHost.Done;
            }
            if (all.Count == 0)
            {
                console.MarkupLine("There is no mailbox yet. Connect one: emailops mailbox add support@example.com");
                return CliHost.Done;
            }
            var table = new Table().Border(TableBorder.Rounded).AddColumns("Address", "State", "Read from", "Sent by", "Password");
            foreach (var mailbox in all)
            {
                var reading = await installation.Get<ReadingStore>().OneAsync(mailbox.Id, cancel);
                table.AddRow(Markup.Escape(mailbox.Address), State(mailbox, reading), Markup.Escape(Way(mailbox.Settings, mailbox.Settings.Imap)), Markup.Escape(Way(mailbox.Settings, mailbox.Settings.Smtp)), mailbox.HasImapSecret ? "stored" : mailbox.Settings.Provider.IsRemote() ? "signs in" : "none");
            }
            console.Write(table);
            return CliHost.Done;
        });
        return command;
    }

    private static Command Show(IAnsiConsole console)
    {
        var (address, json) = (AddressArgument(), JsonOption());
        var command = new Command("show", "Shows a mailbox's settings, but no passwords.") { address, json };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var installation = Installation.Open();
            var mailbox = await FindAsync(installation, parsed.GetRequiredValue(address), cancel);
            if (parsed.GetValue(json))
            {
                Print(console, mailbox);
                return CliHost.Done;
            }
            var s = mailbox.Settings;
            var grid = new Grid().AddColumn().AddColumn();
            void Row(string what, string value) => grid.AddRow(new Text(what), new Text(value));
            Row("Address", mailbox.Address);
            Row("Name", mailbox.Name);
            Row("State", State(mailbox, await installation.Get<ReadingStore>().OneAsync(mailbox.Id, cancel)));
            Row("Read from", Way(s, s.Imap));
            Row("Sent by", Way(s, s.Smtp));
            if (s.Fallback is { } fallback) Row("While that does not work", $"{fallback}{(fallback == MailboxProvider.Imap ? $", {Server(s.Imap)}" : "")}");
            Row("Passwords", $"reading: {(mailbox.HasImapSecret ? "stored" : "none")}; sending: {(mailbox.HasSmtpSecret ? "stored" : "the same")}");
            Row("Folders", string.Join(", ", s.Folders));
            Row("Once stored", s.AfterStored == AfterStored.Move ? $"move to {s.MoveTo}" : s.AfterStored == AfterStored.MarkSeen ? "mark as read" : "leave as it is");
            Row("Look at least every", $"{s.PollSeconds} s");
            Row("Automatic answers wait", $"{s.HoldSeconds} s; at most {s.AnswersPerCorrespondent} to one person and {s.AnswersPerHour} in all an hour");
            Row("Language model", ModelArguments.Words(s.Model));
            Row("Copies of replies", s.SaveSent ? s.SentFolder ?? "in the Sent folder" : "off");
            Row("Other addresses of it", s.Aliases.Count == 0 ? "none" : string.Join(", ", s.Aliases));
            Row("Believed for sender checks", s.TrustedAuthServers.Count == 0 ? "nobody" : string.Join(", ", s.TrustedAuthServers));
            if (mailbox.FromEnvironment.Count > 0) Row("From the environment", string.Join(", ", mailbox.FromEnvironment));
            console.Write(grid);
            return CliHost.Done;
        });
        return command;
    }

    private static Command Test(IAnsiConsole console)
    {
        var (address, json) = (AddressArgument(), JsonOption());
        var command = new Command("test", "Tries reading and sending as they are set up; nothing is changed or sent. Exit code 1 when a step fails.") { address, json };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var installation = Installation.Open();
            var mailbox = await FindAsync(installation, parsed.GetRequiredValue(address), cancel);
            var report = await installation.Get<MailboxTester>().RunAsync(new TestMailbox(mailbox.Address, mailbox.Settings, MailboxId: mailbox.Id), cancel) ?? throw new CommandException("The mailbox went away meanwhile.");
            if (parsed.GetValue(json)) Print(console, report);
            else Report(console, report);
            return report.Ok ? CliHost.Done : CliHost.WithProblems;
        });
        return command;
    }

    private static Command Switch(IAnsiConsole console, bool on)
    {
        var address = AddressArgument();
        var command = new Command(on ? "enable" : "disable", on ? "Reads and answers again; what came meanwhile is caught up." : "Neither reads nor sends; mail waits on the server.") { address };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var installation = Installation.Open();
            var mailbox = await FindAsync(installation, parsed.GetRequiredValue(address), cancel);
            if (mailbox.IsEnabled != on)
                MailboxSaving.Check(await installation.Get<MailboxStore>().SaveAsync(mailbox.Id, mailbox.Version, Actor, new SaveMailbox(mailbox.Address, mailbox.Name, mailbox.Settings, IsEnabled: on), cancel));
            console.MarkupLineInterpolated($"{mailbox.Address} is {(on ? "enabled" : "disabled")}.");
            return CliHost.Done;
        });
        return command;
    }

    public static void Report(IAnsiConsole console, ConnectionReport report)
    {
        foreach (var step in report.Steps)
        {
            console.MarkupLineInterpolated($"{(step.Ok ? "ok  " : "FAIL")} {step.Service,-4} {step.Step,-12} {step.Detail}");
            if (step.Fix is { } fix) console.MarkupLineInterpolated($"     [yellow]{fix}[/]");
        }
        console.MarkupLine(report.Ok ? "[green]Everything works.[/]" : "[red]Not everything works; the yellow lines say what to change.[/]");
    }

    private static string State(MailboxSetup mailbox, MailboxReading? reading) => (mailbox, reading) switch
    {
        ({ IsEnabled: false }, _) => "disabled",
        _ when !mailbox.Settings.IsRead() => "import only",
        (_, null) => "waiting for a worker",
        (_, { SilentTooLong: true }) => $"silent too long{(reading.Problem is { } problem ? $": {problem}" : "")}",
        (_, { State: LoopState.BackingOff }) => $"not reachable: {reading.Problem}",
        (_, { State: LoopState.Stopped }) => "waiting for a worker",
        (_, { State: LoopState.CatchingUp }) => "catching up",
        (_, { State: LoopState.Connecting }) => "connecting",
        _ => "watching",
    };

    private static string Way(MailboxSettings settings, MailServerSettings? server) => settings.Provider.IsRemote() ? settings.Provider.ToString() : Server(server);

    private static string Server(MailServerSettings? server) => server is null ? "-" : $"{server.Host}:{server.Port} ({server.Security switch { MailSecurity.Tls => "TLS", MailSecurity.StartTls => "STARTTLS", _ => "no protection" }})";
}
