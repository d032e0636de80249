using System.CommandLine;
using EmailOps.Cli.Commands;
using EmailOps.Core.Data;
using EmailOps.ServiceDefaults.Settings;
using Spectre.Console;

namespace EmailOps.Cli;

/// <summary>The <c>emailops</c> command. Exit codes: 0 done, 1 done with problems that were named, 2 could not be done, 130 stopped by Ctrl-C.</summary>
internal static class CliHost
{
    public const int Done = 0;
    public const int WithProblems = 1;
    public const int Failed = 2;
    public const int Interrupted = 130;

    /// <summary>Every command there is.</summary>
    public static RootCommand Root(IAnsiConsole console)
    {
        var root = new RootCommand("""
            Works on a running EmailOps, or on the database that ConnectionStrings__emailops names.

            Examples:
              emailops import ~/Maildir                 read a mailbox; again is safe, copies are recognised
              emailops import export.mbox --mailbox help@example.com
              emailops mailbox add support@example.com  connect a mailbox: tested before it is saved
              emailops provider login gmail support@example.com  read a mailbox by Gmail's API; its owner consents in a browser
              emailops doctor                           what is wrong, and what mends it
              emailops status --json
              emailops report capacity --days 30        volume, resources, projections, advice; also kpi, performance, patterns
              emailops reconcile --wait                 compare the mail servers with the ledger
              emailops model history support@example.com  what its model learned from people
              emailops label add wholesale              a label that people put on messages and triage learns
              emailops eval --data labelled.csv         how well triage judges labelled mail
              emailops replay --days 7 --bands 90/70/50 what other thresholds would have decided
              emailops escalations list                 what needs a person, overdue first
              emailops channel test ops                 whether people can be told about it
              emailops knowledge search "how long does a refund take"
              emailops key create grafana --scope read
              emailops user add "Mara Ek" --role operator  who may sign in; prints an invitation
              emailops audit verify                     whether the record of who did what was changed
              emailops automation pause --why "holiday"  hold all automatic answers; ... automation resume
              emailops workers drain                    finish what is in hand, claim nothing more; ... workers resume
              emailops backup                           dump the database; backup list, verify-backup, restore FILE
              emailops alerts list                      what is wrong now; alerts acknowledge, silence, rules
              emailops maintenance weekly               health, VACUUM where due, slow queries; also retention, gdpr, config-backup
              emailops schedule list                    what is done on time, and how it ended
              emailops drain --output queue.json        take the queue out into a file; restore-queue puts it back
              emailops process --min-priority 8         only urgent messages go on past triage; process --all ends it
              emailops model pull llama3.2:3b           download a language model into Ollama
              emailops provider diagnose m365           the way to a provider, step by step, and what is missing
              emailops clear-cache                      forget kept answers, vectors and access tokens

            Exit codes: 0 done, 1 done with problems that are named, 2 could not be done, 130 stopped by Ctrl-C.
            """)
        {
            ImportCommand.Create(console),
            MailboxCommand.Create(console),
            MailProviderCommand.Create(console),
            StatusCommand.Create(console),
            ReportCommand.Create(console),
            HealthcheckCommand.Create(console),
            DoctorCommand.Create(console),
            ConfigCommand.Create(console),
            ProbeCommands.Database(console),
            ProbeCommands.Queue(console),
            QueueCommands.Drain(console),
            QueueCommands.Restore(console),
            MigrateCommand.Create(console),
            LoadCommand.Create(console),
            ProfileCommand.Create(console),
            IncidentCommand.Create(console),
            LogLevelCommand.Create(console),
            RotateSecretCommand.Create(console),
            ReconcileCommand.Create(console),
            ModelCommand.Create(console),
            LabelCommand.Create(console),
            EscalationCommands.Create(console),
            ChannelCommand.Create(console),
            EvalCommand.Create(console),
            ReplayCommand.Create(console),
            KnowledgeCommand.Create(console),
            KeyCommand.Create(console),
            UserCommand.Create(console),
            AuditCommand.Create(console),
            ClearCacheCommand.Create(console),
            ScheduleCommand.Create(console),
            AlertsCommand.Create(console),
        };
        foreach (var command in OperationCommands.All(console)) root.Subcommands.Add(command);
        foreach (var command in BackupCommand.All(console)) root.Subcommands.Add(command);
        root.Subcommands.Add(ConfigBackupCommand.Create(console));
        foreach (var command in CareCommands.All(console)) root.Subcommands.Add(command);
        return root;
    }

    public static async Task<int> RunAsync(string[] args, IAnsiConsole console, IAnsiConsole errors)
    {
        var root = Root(console);
        using var stop = new CancellationTokenSource();
        try
        {
            var parsed = root.Parse(args);
            var code = await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false }, stop.Token);
            return parsed.Errors.Count > 0 ? Failed : code;
        }
        catch (OperationCanceledException)
        {
            Say(errors, "Stopped.");
            return Interrupted;
        }
        catch (Exception failure) when (Explain(failure) is { } text)
        {
            Say(errors, text);
            return Failed;
        }
    }

    /// <returns>What a person should read; null for what is our own fault and should be seen whole.</returns>
    private static string? Explain(Exception failure) => failure switch
    {
        InvalidSettingException or CommandException => failure.Message,
        _ when StoreFailures.Explain(failure) is { } text => text,
        IOException or UnauthorizedAccessException => failure.Message,
        _ => null,
    };

    private static void Say(IAnsiConsole console, string text) => console.MarkupLineInterpolated($"[red]{text}[/]");
}

/// <summary>A command cannot go on; the message says what to change.</summary>
internal sealed class CommandException(string message) : Exception(message);
