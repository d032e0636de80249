using System.CommandLine;
using System.Text.Json;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data.Checks;
using Microsoft.Extensions.Options;
using Spectre.Console;

namespace EmailOps.Cli.Commands;

/// <summary><c>emailops doctor</c>: looks at every dependency and setting, and names the fix for what is wrong.</summary>
internal static class DoctorCommand
{
    public static Command Create(IAnsiConsole console)
    {
        var json = new Option<bool>("--json") { Description = "The same as GET /admin/checks." };
        var quiet = new Option<bool>("--problems") { Description = "Show only what is wrong." };
        var command = new Command("doctor", """
            Looks at every dependency and setting, and names the fix for what is wrong: settings and unknown names, folders, disk space, ports, PostgreSQL, pgvector, migrations,
            connections, clocks, Redis, language models, every mailbox's servers, the secrets key, backups, workers, queue, dead letters, TLS. Nothing is changed or sent.

            Examples:
              emailops doctor                  everything, with what to do
              emailops doctor --problems       only what is wrong
              emailops doctor --json           for scripts

            Exit codes: 0 all is well, 1 warnings, 2 something does not work.
            """) { json, quiet };
        command.SetAction((parsed, cancel) => RunAsync(console, parsed.GetValue(json), parsed.GetValue(quiet), cancel));
        return command;
    }

    private static async Task<int> RunAsync(IAnsiConsole console, bool json, bool quiet, CancellationToken cancel)
    {
        var report = await ExamineAsync(cancel);
        if (json) console.Profile.Out.Writer.WriteLine(JsonSerializer.Serialize(report, ContractJson.Options));
        else Write(console, report, quiet);
        return report.State switch { CheckState.Failed => CliHost.Failed, CheckState.Warning => CliHost.WithProblems, _ => CliHost.Done };
    }

    /// <summary>A wrong setting hides everything behind it, so it is all that is told then.</summary>
    internal static async Task<CheckReport> ExamineAsync(CancellationToken cancel)
    {
        using var configuration = Installation.Configure(_ => { /* The review below names it, and all others that are wrong. */ });
        var settings = SettingsFound.By(configuration, null);
        if (settings.Any(s => s.State == CheckState.Failed)) return CheckReport.Of(TimeProvider.System.GetUtcNow(), settings);
        try
        {
            await using var installation = Installation.Open(configuration);
            return await installation.Get<Examination>().RunAsync(cancel);
        }
        catch (OptionsValidationException wrong)
        {
            return CheckReport.Of(TimeProvider.System.GetUtcNow(), [.. settings.Where(s => s.State != CheckState.Ok), .. wrong.Failures.Select(f => new CheckView("settings", wrong.OptionsName, CheckState.Failed, f, "Correct the setting it names; .env.example describes it."))]);
        }
        catch (CommandException none)
        {
            return CheckReport.Of(TimeProvider.System.GetUtcNow(), [.. settings, new CheckView("database", "connection", CheckState.Failed, none.Message, "./run.sh starts everything; STATE_DIR says where it keeps its data.")]);
        }
    }

    private static void Write(IAnsiConsole console, CheckReport report, bool quiet)
    {
        foreach (var area in report.Checks.Where(c => !quiet || c.State >= CheckState.Warning).GroupBy(c => c.Area))
        {
            console.MarkupLineInterpolated($"[bold]{area.Key}[/]");
            foreach (var check in area)
            {
                var (colour, word) = check.State switch { CheckState.Ok => ("green", "ok"), CheckState.Warning => ("yellow", "warning"), CheckState.Failed => ("red", "FAILED"), _ => ("dim", "skipped") };
                console.MarkupLine($"  [{colour}]{word,-8}[/]{Markup.Escape(check.Name)}: {Markup.Escape(check.Detail)}");
                if (check.Fix is { } fix && check.State >= CheckState.Warning) console.MarkupLineInterpolated($"          [bold]fix:[/] {fix}");
            }
        }
        var (failed, warnings) = (report.Checks.Count(c => c.State == CheckState.Failed), report.Checks.Count(c => c.State == CheckState.Warning));
        console.MarkupLineInterpolated($"{report.Checks.Count(c => c.State != CheckState.Skipped)} checks: {(failed + warnings == 0 ? "all is well." : $"{failed} failed, {warnings} {(warnings == 1 ? "warning" : "warnings")}.")}");
    }
}
