using System.CommandLine;
using System.Text.Json;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Core.Mailboxes;
using EmailOps.Mail.Containers;
using Microsoft.EntityFrameworkCore;
using Spectre.Console;

namespace EmailOps.Cli.Commands;

/// <summary><c>emailops import PATH</c>: a folder of mail files, an mbox, a Maildir, a single mail or a zip of them.</summary>
internal static class ImportCommand
{
    public static Command Create(IAnsiConsole console)
    {
        var path = new Argument<string>("PATH") { Description = "A folder of mail files, an mbox, a Maildir, one .eml, or a zip of any of these." };
        var mailbox = new Option<string?>("--mailbox") { Description = "Address of the mailbox it belongs to; made when there is none. The first mailbox without it." };
        var json = new Option<bool>("--json") { Description = "Print the result as JSON, and no progress." };
        var command = new Command("import", "Reads mail in. Running it again is safe: copies are recognised. What cannot be read as mail is kept and listed.") { path, mailbox, json };
        command.SetAction((parsed, cancel) => RunAsync(console, parsed.GetRequiredValue(path), parsed.GetValue(mailbox), parsed.GetValue(json), cancel));
        return command;
    }

    private static async Task<int> RunAsync(IAnsiConsole console, string path, string? address, bool json, CancellationToken cancel)
    {
        if (!Path.Exists(path)) throw new CommandException($"{path} does not exist.");
        await using var installation = Installation.Open();
        await installation.Get<Migrator>().MigrateAsync(cancel);
        var mailbox = await MailboxAsync(installation, address, cancel);
        var importer = installation.Get<Importer>();
        using var container = MailContainer.Open(path, importer.Limits);
        var source = Path.GetFullPath(path);
        var result = json || !console.Profile.Out.IsTerminal
            ? await importer.RunAsync(container, source, mailbox.Id, null, cancel)
            : await WithProgressAsync(console, importer, container, source, mailbox, cancel);
        if (json) console.Profile.Out.Writer.WriteLine(JsonSerializer.Serialize(result, ContractJson.Options));
        else Show(console, result, mailbox);
        return result.Unparsable + result.Refused > 0 ? CliHost.WithProblems : CliHost.Done;
    }

    private static Task<ImportView> WithProgressAsync(IAnsiConsole console, Importer importer, MailContainer container, string source, Mailbox mailbox, CancellationToken cancel)
        => console.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn(), new RemainingTimeColumn())
            .StartAsync(async context =>
            {
                var bar = context.AddTask("Reading", maxValue: Math.Max(1, container.TotalBytes));
                bar.IsIndeterminate = container.TotalBytes == 0;
                var progress = new Direct(p =>
                {
                    bar.Value = Math.Min(p.BytesRead, bar.MaxValue);
                    bar.Description = $"{p.Done:N0} mails, {p.Duplicates:N0} copies, {p.Problems:N0} problems";
                });
                var result = await importer.RunAsync(container, source, mailbox.Id, progress, cancel);
                bar.Value = bar.MaxValue;
                return result;
            });

    private static void Show(IAnsiConsole console, ImportView result, Mailbox mailbox)
    {
        console.MarkupLineInterpolated($"[green]{result.Stored:N0} stored[/] in {mailbox.Address}, {result.Duplicates:N0} copies skipped, {result.Unparsable:N0} kept that cannot be read as mail, {result.Refused:N0} that could not be read at all.");
        if (result.Unparsable + result.Refused > 0)
            console.MarkupLineInterpolated($"[yellow]Import {result.Id}: the console lists each under Import, with its reason.[/]");
        if (result.Stored > 0) console.MarkupLine("A running worker judges them now; see the console.");
    }

    private static async Task<Mailbox> MailboxAsync(Installation installation, string? address, CancellationToken cancel)
    {
        await using var db = await installation.Get<IDbContextFactory<EmailOpsDb>>().CreateDbContextAsync(cancel);
        if (address is null)
            return await db.Mailboxes.OrderBy(m => m.Id).FirstOrDefaultAsync(cancel) ?? throw new CommandException("There is no mailbox yet. Name one: emailops import PATH --mailbox support@example.com");
        var wanted = address.Trim().ToLowerInvariant();
        if (wanted.IndexOf('@', StringComparison.Ordinal) is var at && (at <= 0 || at == wanted.Length - 1)) throw new CommandException($"--mailbox {address} is not an address. Write it as support@example.com.");
        if (await db.Mailboxes.SingleOrDefaultAsync(m => m.Address == wanted, cancel) is { } known) return known;
        var made = new Mailbox { Address = wanted, Name = wanted, CreatedAt = installation.Get<TimeProvider>().GetUtcNow() };
        db.Mailboxes.Add(made);
        await db.SaveChangesAsync(cancel);
        return made;
    }

    /// <summary>Reports on the caller's thread, in order; <see cref="Progress{T}"/> would not.</summary>
    private sealed class Direct(Action<ImportProgress> report) : IProgress<ImportProgress>
    {
        public void Report(ImportProgress value) => report(value);
    }
}
