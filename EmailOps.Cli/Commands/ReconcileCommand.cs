using System.CommandLine;
using System.Text.Json;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using Microsoft.EntityFrameworkCore;
using Spectre.Console;

namespace EmailOps.Cli.Commands;

/// <summary><c>emailops reconcile</c>: has the worker compare a mailbox's server with the ledger and fetch what is missing.</summary>
internal static class ReconcileCommand
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);

    public static Command Create(IAnsiConsole console)
    {
        var mailbox = new Argument<string?>("MAILBOX") { Description = "Its address; all mailboxes that are read without it.", Arity = ArgumentArity.ZeroOrOne };
        var json = new Option<bool>("--json") { Description = "Print the comparisons as JSON, and no progress." };
        var wait = new Option<bool>("--wait") { Description = "Wait until it is done and show the progress." };
        var command = new Command("reconcile", """
            Compares what lies on a mail server with the ledger and fetches what is missing. The worker that reads the mailbox does it.

            Examples:
              emailops reconcile                                 ask for all mailboxes and return at once
              emailops reconcile support@example.com --wait      ask for one and wait for what it finds
              emailops reconcile --wait --json                   for scripts

            Exit codes: 0 no gap is left (without --wait: none was left by the last comparison), 1 mails on the server are not in the ledger,
            2 it cannot be done (no such mailbox, no worker, the server cannot be reached).
            """) { mailbox, json, wait };
        command.SetAction((parsed, cancel) => RunAsync(console, parsed.GetValue(mailbox), parsed.GetValue(json), parsed.GetValue(wait), cancel));
        return command;
    }

    private static async Task<int> RunAsync(IAnsiConsole console, string? address, bool json, bool wait, CancellationToken cancel)
    {
        await using var installation = Installation.Open();
        var (readings, store) = (installation.Get<ReadingStore>(), installation.Get<ReconciliationStore>());
        var mailboxes = await ChosenAsync(installation, readings, address, cancel);
        var asked = new List<ReconciliationView>();
        // Without waiting, the last comparison counts, not one that the worker may have begun by now.
        var gaps = mailboxes.ToDictionary(m => m.MailboxId, Gap);
        foreach (var mailbox in mailboxes) asked.Add(await store.RequestAsync(mailbox.MailboxId, "emailops reconcile", cancel));
        var (done, names) = (asked, mailboxes.ToDictionary(m => m.MailboxId, m => m.Address));
        if (wait)
        {
            done = await WaitAsync(installation, console, asked, names, !json && console.Profile.Out.IsTerminal, cancel);
            gaps = (await readings.AllAsync(cancel)).Where(r => names.ContainsKey(r.MailboxId)).ToDictionary(r => r.MailboxId, Gap);
        }
        if (json) console.Profile.Out.Writer.WriteLine(JsonSerializer.Serialize(done, ContractJson.Options));
        else foreach (var view in done) Show(console, view, names[view.MailboxId], gaps.GetValueOrDefault(view.MailboxId));
        return done.Any(v => v.Problem is not null) ? CliHost.Failed : gaps.Values.Sum() > 0 ? CliHost.WithProblems : CliHost.Done;
    }

    private static long Gap(ReadingState state) => state.Reading.Folders.Sum(f => f.Gap);

    private static async Task<List<ReadingState>> ChosenAsync(Installation installation, ReadingStore readings, string? address, CancellationToken cancel)
    {
        var read = await readings.AllAsync(cancel);
        if (address is null) return read.Count > 0 ? read : throw new CommandException("No mailbox is read: none is enabled and has an IMAP server.");
        var wanted = address.Trim().ToLowerInvariant();
        if (read.Find(r => r.Address == wanted) is { } found) return [found];
        await using var db = await installation.Get<IDbContextFactory<EmailOpsDb>>().CreateDbContextAsync(cancel);
        throw new CommandException(await db.Mailboxes.AnyAsync(m => m.Address == wanted, cancel)
            ? $"{wanted} is not read: it is not enabled or has no IMAP server."
            : $"There is no mailbox {wanted}.");
    }

    private static async Task<List<ReconciliationView>> WaitAsync(Installation installation, IAnsiConsole console, List<ReconciliationView> asked, Dictionary<long, string> names, bool progress, CancellationToken cancel)
    {
        var store = installation.Get<ReconciliationStore>();
        var clock = installation.Get<TimeProvider>();
        if (!progress) return await FollowAsync(_ => Task.CompletedTask);
        return await console.Status().StartAsync("Waiting for the worker", context => FollowAsync(view =>
        {
            context.Status(Markup.Escape($"{names[view.MailboxId]}: {view.OnServer:N0} on the server, {view.Missing:N0} missing, {view.Backfilled:N0} fetched"));
            return Task.CompletedTask;
        }));

        async Task<List<ReconciliationView>> FollowAsync(Func<ReconciliationView, Task> report)
        {
            var done = new List<ReconciliationView>();
            foreach (var each in asked)
            {
                // A worker that is just being replaced takes a moment.
                var began = clock.GetTimestamp();
                var patience = installation.Get<Core.Messages.IntakeOptions>().Lease + TimeSpan.FromSeconds(10);
                while (true)
                {
                    var view = await store.FindAsync(each.Id, cancel) ?? throw new CommandException("The mailbox was taken away meanwhile.");
                    await report(view);
                    if (view.Problem is null) began = clock.GetTimestamp();
                    if (view.FinishedAt is not null || clock.GetElapsedTime(began) > patience)
                    {
                        done.Add(view);
                        break;
                    }
                    await Task.Delay(Look, clock, cancel);
                }
            }
            return done;
        }
    }

    private static void Show(IAnsiConsole console, ReconciliationView view, string address, long gap)
    {
        if (view.Problem is { } problem) console.MarkupLineInterpolated($"[red]{address}: {problem}[/]");
        else if (view.FinishedAt is null) console.MarkupLineInterpolated($"{address}: asked for (number {view.Id}). {(gap > 0 ? $"{gap:N0} mails were missing at the last comparison." : "No gap was left by the last one.")}");
        else if (gap > 0) console.MarkupLineInterpolated($"[yellow]{address}: {view.OnServer:N0} on the server, {view.Missing:N0} were missing, {view.Backfilled:N0} fetched; {gap:N0} are still missing.[/]");
        else console.MarkupLineInterpolated($"[green]{address}: {view.OnServer:N0} on the server, all in the ledger; {view.Backfilled:N0} of them fetched just now.[/]");
    }
}
