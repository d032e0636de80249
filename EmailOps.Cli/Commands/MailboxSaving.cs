using System.CommandLine;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Core.Mailboxes;
using EmailOps.Core.Mailboxes.Connecting;
using Spectre.Console;

namespace EmailOps.Cli.Commands;

/// <summary><c>emailops mailbox add</c> and <c>set</c>: what is given changes, the rest stays; tested before it is saved.</summary>
internal static class MailboxSaving
{
    public static Command Add(IAnsiConsole console)
    {
        var options = new MailboxArguments();
        var (address, untested, json) = (MailboxCommand.AddressArgument(), Untested(), MailboxCommand.JsonOption());
        var command = new Command("add", "Connects a mailbox: finds its servers unless they are named, tests, and saves what works. Exit code 1 when the test fails; nothing is saved then.") { address, untested, json };
        options.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            await using var installation = Installation.Open();
            var wanted = parsed.GetRequiredValue(address);
            if (MailboxAddress.Problem(wanted) is { } problem) throw new CommandException(problem);
            await installation.Get<Migrator>().MigrateAsync(cancel);
            if (await installation.Get<MailboxStore>().FindAsync(wanted, cancel) is { } known && !known.Settings.IsBare())
                throw new CommandException($"{known.Address} is set up already. Change it with: emailops mailbox set {known.Address}");
            var before = await installation.Get<MailboxStore>().FindAsync(wanted, cancel);
            var settings = options.Apply(parsed, before?.Settings ?? new MailboxSettings());
            if (settings.IsBare() && settings.Provider == MailboxProvider.Imap)
            {
                var found = await installation.Get<SettingsFinder>().FindAsync(wanted, cancel);
                if (found.Note is { } note) console.MarkupLineInterpolated($"[yellow]{note}[/]");
                if (found is { Imap: null, Smtp: null }) throw new CommandException("Name the servers: --imap-host and --smtp-host.");
                settings = options.Apply(parsed, settings with { Imap = found.Imap, Smtp = found.Smtp, SaveSent = found.SaveSent });
            }
            var secrets = await options.SecretsAsync(parsed, console, ask: settings is { Imap: not null } or { Smtp: not null }, cancel);
            var save = new SaveMailbox(wanted, options.Name(parsed) ?? before?.Name ?? "", settings, secrets.Imap, secrets.Smtp);
            // An API is tested by signing in, which needs the mailbox.
            return await SaveAsync(console, installation, before, save, parsed.GetValue(untested) || settings.Provider.IsRemote(), parsed.GetValue(json), cancel);
        });
        return command;
    }

    public static Command Set(IAnsiConsole console)
    {
        var options = new MailboxArguments();
        var (address, untested, json) = (MailboxCommand.AddressArgument(), Untested(), MailboxCommand.JsonOption());
        var command = new Command("set", "Changes a mailbox; what is not named stays as it is. A password that is not given is kept.") { address, untested, json };
        options.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            await using var installation = Installation.Open();
            var before = await MailboxCommand.FindAsync(installation, parsed.GetRequiredValue(address), cancel);
            var secrets = await options.SecretsAsync(parsed, console, ask: false, cancel);
            var save = new SaveMailbox(before.Address, options.Name(parsed) ?? before.Name, options.Apply(parsed, before.Settings), secrets.Imap, secrets.Smtp, before.IsEnabled);
            return await SaveAsync(console, installation, before, save, parsed.GetValue(untested), parsed.GetValue(json), cancel);
        });
        return command;
    }

    public static void Check(MailboxWrite written)
    {
        if (written.Outcome != WriteOutcome.Done)
            throw new CommandException(written.Problem ?? (written.Outcome == WriteOutcome.VersionConflict ? "Somebody changed the mailbox at the same moment. Look at it and try again." : "The mailbox went away meanwhile."));
    }

    private static Option<bool> Untested() => new("--no-test") { Description = "Save without trying the connection." };

    private static async Task<int> SaveAsync(IAnsiConsole console, Installation installation, MailboxSetup? before, SaveMailbox save, bool untested, bool json, CancellationToken cancel)
    {
        if (save.Problem() is { } problem) throw new CommandException(problem);
        if (before is not null && MailboxSecrets.Moved(before, save) is { } moved) throw new CommandException(moved);
        if (!untested)
        {
            var report = await installation.Get<MailboxTester>().RunAsync(new TestMailbox(save.Address, save.Settings, save.ImapSecret, save.SmtpSecret, before?.Id), cancel) ?? throw new CommandException("The mailbox went away meanwhile.");
            if (!report.Ok)
            {
                if (json) MailboxCommand.Print(console, report);
                else MailboxCommand.Report(console, report);
                if (!json) console.MarkupLine("Nothing was saved. Mend it, or save it as it is with --no-test.");
                return CliHost.WithProblems;
            }
        }
        var store = installation.Get<MailboxStore>();
        var written = before is null ? await store.CreateAsync(MailboxCommand.Actor, save, cancel) : await store.SaveAsync(before.Id, before.Version, MailboxCommand.Actor, save, cancel);
        Check(written);
        if (json) MailboxCommand.Print(console, await store.FindAsync(written.Id, cancel));
        else console.MarkupLineInterpolated($"[green]Saved {MailboxAddress.Normal(save.Address)}.[/] {(save.IsEnabled ? save.Settings.Provider.IsRemote() && before is null ? $"Now sign in: emailops provider login {save.Settings.Provider.ToString().ToLowerInvariant()} {MailboxAddress.Normal(save.Address)}" : "A running worker reads it from now on." : "It is disabled.")}");
        return CliHost.Done;
    }
}
