using System.CommandLine;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Core.Data.Escalations;
using Spectre.Console;

namespace EmailOps.Cli.Commands;

/// <summary><c>emailops channel list|add|remove|test</c>: where people are told about escalations.</summary>
internal static class ChannelCommand
{
    private const string Actor = "emailops channel";

    public static Command Create(IAnsiConsole console) => new("channel", """
        Where people are told about escalations. Secrets are read from a file or standard input, sealed, and shown nowhere.

        Examples:
          emailops channel add webhook ops --address https://hooks.example.com/emailops --secret-file key.txt
          emailops channel add slack support --target C024BE91L --secret-stdin --signing-file signing.txt
          emailops channel add teams oncall --secret-file workflow-url.txt
          emailops channel add teams oncall --graph           a group chat with those on call
          emailops channel add pagerduty night --secret-stdin --from-severity high --level 2
          emailops channel add email team --from support@example.com --to a@example.com --to b@example.com
          emailops channel test ops                     tells it something harmless, for real
          emailops channel list

        Exit codes: 0 done, 1 a channel does not work (list, test), 2 could not be done.
        """)
    {
        List(console), Add(console), Remove(console), Test(console),
    };

    /// <summary><c>emailops provider test teams|slack|webhook|pagerduty|email</c>: all channels of a kind.</summary>
    /// <returns>Null when there is none.</returns>
    public static async Task<int?> TestKindAsync(IAnsiConsole console, Installation installation, ChannelKind kind, bool json, CancellationToken cancel)
        => (await installation.Get<ChannelStore>().ListAsync(cancel)).Where(c => c.Kind == kind).ToArray() is { Length: > 0 } channels ? await TestAsync(console, installation, channels, json, cancel) : null;

    private static Command List(IAnsiConsole console)
    {
        var json = MailboxCommand.JsonOption();
        var command = new Command("list", "Lists the channels and how they do. Exit code 1 when one does not work.") { json };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var installation = Installation.Open();
            var channels = await installation.Get<ChannelStore>().ListAsync(cancel);
            if (parsed.GetValue(json)) MailboxCommand.Print(console, channels);
            else if (channels.Count == 0) console.MarkupLine("There are no channels yet: people see escalations in the console only. Make one: emailops channel add");
            else
            {
                var table = new Table().Border(TableBorder.Rounded).AddColumns("Name", "Kind", "Last told (UTC)", "Waiting", "Failed in a day", "Problem");
                foreach (var c in channels) table.AddRow(new Text($"{c.Name}{(c.IsEnabled ? "" : " (off)")}"), new Text($"{c.Kind}"), new Text(c.LastSentAt?.UtcDateTime.ToString("yyyy-MM-dd HH:mm", System.Globalization.CultureInfo.InvariantCulture) ?? "never"), new Text($"{c.Waiting}"), new Text($"{c.Failed}"), new Text(c.Problem ?? ""));
                console.Write(table);
            }
            return channels.Any(c => c is { IsEnabled: true, Problem: not null }) ? CliHost.WithProblems : CliHost.Done;
        });
        return command;
    }

    private static Command Add(IAnsiConsole console)
    {
        var kind = new Argument<ChannelKind>("KIND") { Description = "webhook, slack, teams, pagerduty or email." };
        var name = new Argument<string>("NAME") { Description = "What it is called; no other channel has it." };
        var address = new Option<string?>("--address") { Description = "Webhook: where to post. Slack, PagerDuty: another server than the vendor's." };
        var target = new Option<string?>("--target") { Description = "Slack with a bot's token: the channel's id." };
        var graph = new Option<bool>("--graph") { Description = "Teams: a group chat with those on call, through Microsoft Graph." };
        var from = new Option<string?>("--from") { Description = "E-mail: the mailbox that sends it." };
        var to = new Option<string[]>("--to") { Description = "E-mail: a recipient; may be given several times." };
        var mailbox = new Option<string?>("--mailbox") { Description = "Only escalations of this mailbox." };
        var level = new Option<int[]>("--level") { Description = "Told once this on-call level (1-4) is called; may be given several times." };
        var severity = new Option<EscalationSeverity>("--from-severity") { Description = "Less severe ones are not told: low, medium, high, critical." };
        var bare = new Option<bool>("--without-content") { Description = "Sender, subject and summary stay in the house." };
        var stdin = new Option<bool>("--secret-stdin") { Description = "Read the secret from the first line of standard input." };
        var file = new Option<FileInfo?>("--secret-file") { Description = "Read the secret from the first line of this file." };
        var signing = new Option<FileInfo?>("--signing-file") { Description = "Read Slack's or PagerDuty's signing secret from the first line of this file." };
        var json = MailboxCommand.JsonOption();
        var command = new Command("add", "Makes a channel.") { kind, name, address, target, graph, from, to, mailbox, level, severity, bare, stdin, file, signing, json };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var installation = Installation.Open();
            async Task<long?> IdAsync(string? of) => of is null ? null : (await MailboxCommand.FindAsync(installation, of, cancel)).Id;
            var settings = new ChannelSettings
            {
                Address = parsed.GetValue(address), Target = parsed.GetValue(target), ThroughGraph = parsed.GetValue(graph), FromMailbox = await IdAsync(parsed.GetValue(from)), Recipients = parsed.GetValue(to) ?? [], Mailbox = await IdAsync(parsed.GetValue(mailbox)),
                Levels = parsed.GetValue(level) ?? [], FromSeverity = parsed.GetValue(severity), WithContent = !parsed.GetValue(bare),
            };
            var secret = parsed.GetValue(stdin) ? await Console.In.ReadLineAsync(cancel) ?? throw new CommandException("Standard input holds no secret.") : await LineAsync(parsed.GetValue(file), cancel);
            var store = installation.Get<ChannelStore>();
            var written = await store.CreateAsync(new SaveChannel(parsed.GetValue(kind), parsed.GetRequiredValue(name), settings, Secret: secret, SigningSecret: await LineAsync(parsed.GetValue(signing), cancel)), Actor, cancel);
            if (written.Outcome != WriteOutcome.Done) throw new CommandException(written.Problem ?? "It cannot be saved.");
            var made = (await store.FindAsync(written.Id, cancel))!;
            if (parsed.GetValue(json)) MailboxCommand.Print(console, made);
            else console.MarkupLineInterpolated($"Made channel {made.Name}. Try it: emailops channel test {made.Name}");
            return CliHost.Done;
        });
        return command;
    }

    private static Command Remove(IAnsiConsole console)
    {
        var name = new Argument<string>("NAME") { Description = "As listed." };
        var command = new Command("remove", "Removes a channel with its secrets and what it was told.") { name };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var installation = Installation.Open();
            var store = installation.Get<ChannelStore>();
            var found = await FindAsync(store, parsed.GetRequiredValue(name), cancel);
            if (await store.DeleteAsync(found.Id, found.Version, Actor, cancel) != WriteOutcome.Done) throw new CommandException("Somebody changed it meanwhile. Look again, then decide anew.");
            console.MarkupLineInterpolated($"Removed channel {found.Name}.");
            return CliHost.Done;
        });
        return command;
    }

    private static Command Test(IAnsiConsole console)
    {
        var (name, json) = (new Argument<string>("NAME") { Description = "As listed." }, MailboxCommand.JsonOption());
        var command = new Command("test", "Tells it something harmless, for real, and says step by step what works. Exit code 1 when it does not.") { name, json };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var installation = Installation.Open();
            return await TestAsync(console, installation, [await FindAsync(installation.Get<ChannelStore>(), parsed.GetRequiredValue(name), cancel)], parsed.GetValue(json), cancel);
        });
        return command;
    }

    private static async Task<int> TestAsync(IAnsiConsole console, Installation installation, ChannelView[] channels, bool json, CancellationToken cancel)
    {
        List<ChannelTest> tests = [];
        foreach (var channel in channels)
            if (await installation.Get<ChannelDesk>().TestAsync(channel.Id, cancel) is { } test) tests.Add(test);
        if (json) MailboxCommand.Print(console, tests);
        else foreach (var test in tests)
            {
                console.MarkupLineInterpolated($"{test.Name} ({test.Kind}): {(test.Ok ? "works" : "does not work")}");
                foreach (var step in test.Steps) console.MarkupLineInterpolated($"  {(step.Ok ? "ok" : "--")}  {step.Name}: {step.Detail}");
            }
        return tests.TrueForAll(t => t.Ok) ? CliHost.Done : CliHost.WithProblems;
    }

    private static async Task<ChannelView> FindAsync(ChannelStore store, string name, CancellationToken cancel)
        => (await store.ListAsync(cancel)).FirstOrDefault(c => c.Name.Equals(name.Trim(), StringComparison.OrdinalIgnoreCase)) ?? throw new CommandException($"There is no channel {name}. See: emailops channel list");

    private static async Task<string?> LineAsync(FileInfo? file, CancellationToken cancel)
    {
        if (file is null) return null;
        using var reader = file.OpenText();
        return await reader.ReadLineAsync(cancel) is { Length: > 0 } line ? line.Trim() : throw new CommandException($"{file.Name} holds no secret.");
    }
}
