using System.CommandLine;
using System.Text.Json;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data.Maintenance;
using EmailOps.Core.Data.Privacy;
using EmailOps.Core.Data.Retention;
using Spectre.Console;

namespace EmailOps.Cli.Commands;

/// <summary><c>emailops retention|maintenance|gdpr</c>: what keeps an installation small, healthy and lawful.</summary>
internal static class CareCommands
{
    private const string Actor = "emailops";

    public static IEnumerable<Command> All(IAnsiConsole console) =>
    [
        new("retention", """
            Archives mail that is old and done, and deletes it from the database. By itself only where RETENTION_DAYS is set.

            Examples:
              emailops retention preview --days 90
              emailops retention run --days 90
              emailops retention restore /var/lib/emailops/archive/emailops-archive-20260102T040000000Z-1000.zip
            """) { Preview(console), RunRetention(console), TakeBack(console) },
        new("maintenance", """
            The regular care of an installation, as the jobs maintenance-daily, maintenance-weekly and maintenance-monthly do it.

            Exit codes: 0 all is well, 1 a step says that somebody should look.
            """) { Maintain(console, MaintenanceLevel.Daily), Maintain(console, MaintenanceLevel.Weekly), Maintain(console, MaintenanceLevel.Monthly) },
        new("gdpr", """
            What one person may ask of us: a copy of everything, and that it goes.

            Examples:
              emailops gdpr find ada@example.com
              emailops gdpr export ada@example.com --output ada.zip
              emailops gdpr erase ada@example.com --yes
            """) { Find(console), Export(console), Erase(console) },
    ];

    private static Option<int?> Days()
    {
        var days = new Option<int?>("--days") { Description = $"Mail that was decided longer ago; RETENTION_DAYS without it, or {RetentionOptions.UsualDays}." };
        days.Validators.Add(r => { if (r.GetValueOrDefault<int?>() is < 1 or > 36_500) r.AddError("--days is between 1 and 36500."); });
        return days;
    }

    private static int DaysOf(Installation installation, int? given) => given ?? (installation.Get<RetentionOptions>().Days is > 0 and var set ? set : RetentionOptions.UsualDays);

    private static Command Preview(IAnsiConsole console)
    {
        var (days, json) = (Days(), new Option<bool>("--json"));
        var command = new Command("preview", "Says what would be archived and deleted, and what stays and why. Changes nothing.") { days, json };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var installation = Installation.Open();
            var p = await installation.Get<RetentionRun>().PreviewAsync(DaysOf(installation, parsed.GetValue(days)), cancel);
            if (parsed.GetValue(json)) Write(console, p);
            else console.MarkupLineInterpolated($"Decided before {p.Before:yyyy-MM-dd}: {p.Old:N0} messages. {p.Ready:N0} would be archived and deleted ({p.Bytes / 1e6:N1} MB of mail). {p.Open:N0} stay because they are not done, {p.Lessons:N0} because people taught something by them.");
            return CliHost.Done;
        });
        return command;
    }

    private static Command RunRetention(IAnsiConsole console)
    {
        var (days, json) = (Days(), new Option<bool>("--json"));
        var command = new Command("run", "Archives, checks the archive, and deletes. Again is safe.") { days, json };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var installation = Installation.Open();
            var done = await Progress.ShowAsync(console, parsed.GetValue(json), tell => installation.Get<RetentionRun>().RunAsync(DaysOf(installation, parsed.GetValue(days)), Actor, tell, cancel));
            if (parsed.GetValue(json)) Write(console, done);
            else
            {
                console.MarkupLineInterpolated($"{done.Messages:N0} messages ({done.Bytes / 1e6:N1} MB) archived and deleted.");
                foreach (var archive in done.Archives) console.MarkupLineInterpolated($"  {Path.Combine(installation.Get<RetentionOptions>().Folder ?? "", archive)}");
            }
            return CliHost.Done;
        });
        return command;
    }

    private static Command TakeBack(IAnsiConsole console)
    {
        var file = new Argument<FileInfo>("file") { Description = "An archive that emailops retention made." };
        var command = new Command("restore", "Reads an archive's mails in again. Automatic answers are paused: to old mail nobody wants any.") { file };
        command.SetAction(async (parsed, cancel) =>
        {
            var path = parsed.GetRequiredValue(file).FullName;
            if (!File.Exists(path)) throw new CommandException($"{path} does not exist.");
            await using var installation = Installation.Open();
            foreach (var run in await installation.Get<RetentionRun>().TakeBackAsync(path, Actor, cancel)) console.MarkupLineInterpolated($"{run.Stored:N0} mails taken back, {run.Duplicates:N0} were there.");
            console.MarkupLineInterpolated($"Automatic answers are paused; when they are judged: emailops automation resume");
            return CliHost.Done;
        });
        return command;
    }

    private static Command Maintain(IAnsiConsole console, MaintenanceLevel level)
    {
        var json = new Option<bool>("--json");
        var what = level switch { MaintenanceLevel.Daily => "Health of everything, temporary files, logs, backups, statistics.", MaintenanceLevel.Weekly => "As daily, with VACUUM where it is due, slow queries, locks, sizes, capacity.", _ => "As weekly, with VACUUM of everything, the month's report, patterns and a backup." };
        var command = new Command(level.ToString().ToLowerInvariant(), what) { json };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var installation = Installation.Open();
            var report = await Progress.ShowAsync(console, parsed.GetValue(json), tell => installation.Get<MaintenanceRun>().RunAsync(level, Actor, tell, cancel));
            if (parsed.GetValue(json)) Write(console, report);
            else
            {
                var table = new Table().Border(TableBorder.Rounded).AddColumns("Step", "", "Said");
                foreach (var step in report.Steps) table.AddRow(Markup.Escape(step.Name), step.IsOk ? "[green]well[/]" : "[yellow]look[/]", Markup.Escape(step.Said));
                console.Write(table);
            }
            return report.IsOk ? CliHost.Done : CliHost.WithProblems;
        });
        return command;
    }

    private static Command Find(IAnsiConsole console)
    {
        var (address, json) = (Address(), new Option<bool>("--json"));
        var command = new Command("find", "Says what is stored about a person. Changes nothing.") { address, json };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var installation = Installation.Open();
            var found = await installation.Get<PersonData>().FindAsync(Clean(parsed.GetRequiredValue(address)), cancel);
            if (parsed.GetValue(json)) Write(console, found);
            else console.MarkupLineInterpolated($"{found.Messages:N0} messages, {found.Drafts:N0} drafts, {found.Replies:N0} replies ({found.OnTheirWay:N0} on their way), {found.Lessons:N0} lessons; {found.Mentions:N0} messages of others name the address.");
            return CliHost.Done;
        });
        return command;
    }

    private static Command Export(IAnsiConsole console)
    {
        var address = Address();
        var output = new Option<FileInfo>("--output") { Description = "The zip to write.", Required = true };
        var command = new Command("export", "Writes everything about a person into a zip: the mails as received, and what was made of them.") { address, output };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var installation = Installation.Open();
            var path = parsed.GetRequiredValue(output).FullName;
            if (File.Exists(path)) throw new CommandException($"{path} exists already: choose another name.");
            var count = await installation.Get<PersonData>().ExportAsync(Clean(parsed.GetRequiredValue(address)), path, Actor, cancel);
            console.MarkupLineInterpolated($"{count:N0} messages written to {path}. It holds personal data: hand it over, then delete it.");
            return CliHost.Done;
        });
        return command;
    }

    private static Command Erase(IAnsiConsole console)
    {
        var (address, yes, json) = (Address(), new Option<bool>("--yes") { Description = "Does not ask." }, new Option<bool>("--json"));
        var command = new Command("erase", "Erases every message of a person with all that was made of it. Cannot be undone.") { address, yes, json };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var installation = Installation.Open();
            var (data, person) = (installation.Get<PersonData>(), Clean(parsed.GetRequiredValue(address)));
            if (!parsed.GetValue(yes))
            {
                if (Console.IsInputRedirected) throw new CommandException("Nothing was erased: say --yes.");
                var found = await data.FindAsync(person, cancel);
                if (!console.Confirm($"Erase {found.Messages} messages of {Markup.Escape(person)} for ever?", defaultValue: false)) return CliHost.WithProblems;
            }
            var erased = await Progress.ShowAsync(console, parsed.GetValue(json), tell => data.EraseAsync(person, Actor, tell, cancel));
            if (parsed.GetValue(json)) Write(console, erased);
            else
            {
                console.MarkupLineInterpolated($"{erased.Messages:N0} messages erased ({erased.Bytes / 1e6:N1} MB). What remains:");
                foreach (var each in erased.Remains) console.MarkupLineInterpolated($"  - {each}");
            }
            return CliHost.Done;
        });
        return command;
    }

    private static Argument<string> Address() => new("address") { Description = "The person's e-mail address." };

    private static string Clean(string address)
    {
        try
        {
            return PersonData.Clean(address);
        }
        catch (FormatException wrong)
        {
            throw new CommandException(wrong.Message);
        }
    }

    private static void Write<T>(IAnsiConsole console, T value) => console.Profile.Out.Writer.WriteLine(JsonSerializer.Serialize(value, ContractJson.Options));
}
