using System.CommandLine;
using System.Text.Json;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data.Access;
using Spectre.Console;

namespace EmailOps.Cli.Commands;

/// <summary><c>emailops audit</c>: who did what, and whether the record still says so.</summary>
internal static class AuditCommand
{
    public static Command Create(IAnsiConsole console) => new("audit", """
        Who did what, and whether the record still says so.

        Examples:
          emailops audit list --take 20
          emailops audit list --action sign-in.failed --since 24h
          emailops audit list --actor "Mara Ek" --json
          emailops audit verify                            names the first entry that was changed; exit code 1 then
          emailops audit verify --head 3f0c... --at 120000  also that the chain is the one whose head was noted then
          emailops audit findings                          what the security monitor finds now
        """)
    {
        List(console), Verify(console), Findings(console),
    };

    private static Command List(IAnsiConsole console)
    {
        var (actor, action, words) = (new Option<string?>("--actor") { Description = "Who." }, new Option<string?>("--action") { Description = "What, such as user.role; with a dot at its end all that begin so." }, new Option<string?>("--search") { Description = "Words of the detail." });
        var since = new Option<string?>("--since") { Description = "How far back: 30m, 24h, 7d." };
        var take = new Option<int>("--take") { Description = "Entries at most, 1 to 200.", DefaultValueFactory = _ => 50 };
        var before = new Option<long?>("--before") { Description = "Older than this entry: the id that the list before ended with." };
        var json = new Option<bool>("--json") { Description = "The same as GET /audit." };
        take.Validators.Add(r => { if (r.GetValueOrDefault<int>() is < 1 or > AuditList.Most) r.AddError($"--take is between 1 and {AuditList.Most}."); });
        since.Validators.Add(r => { if (r.GetValueOrDefault<string?>() is { } given && Span(given) is null) r.AddError("--since is a number with m, h or d: 30m, 24h, 7d."); });
        var command = new Command("list", "The newest entries first.") { actor, action, words, since, take, before, json };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var installation = Installation.Open();
            var from = parsed.GetValue(since) is { } given ? installation.Get<TimeProvider>().GetUtcNow() - Span(given) : null;
            var page = await installation.Get<AuditList>().ReadAsync(new AuditFilter(parsed.GetValue(actor), parsed.GetValue(action), null, null, parsed.GetValue(words), from, null, parsed.GetValue(before), parsed.GetValue(take)), cancel);
            if (parsed.GetValue(json)) Write(console, page);
            else
            {
                var table = new Table().Border(TableBorder.Rounded).AddColumns("Id", "At (UTC)", "Who", "What", "About", "Detail", "Sealed");
                foreach (var e in page.Items)
                    table.AddRow($"{e.Id}", $"{e.At.UtcDateTime:yyyy-MM-dd HH:mm:ss}", Markup.Escape(e.Actor), Markup.Escape(e.Action), Markup.Escape($"{e.SubjectKind} {e.SubjectId}"), Markup.Escape(e.Detail), e.Position is { } at ? $"{at}" : "not yet");
                console.Write(table);
                if (page.Next is { } next) console.MarkupLineInterpolated($"[grey]More: --before {next}[/]");
            }
            return CliHost.Done;
        });
        return command;
    }

    private static Command Verify(IAnsiConsole console)
    {
        var head = new Option<string?>("--head") { Description = "A head that was noted before (from the log, or from verify), in hexadecimal." };
        var at = new Option<long?>("--at") { Description = "The position it stood at." };
        var json = new Option<bool>("--json") { Description = "The same as POST /audit/verify." };
        var command = new Command("verify", "Reads the whole chain again. Exit code 1 when it does not hold.") { head, at, json };
        command.Validators.Add(r => { if (r.GetValue(head) is null != r.GetValue(at) is null) r.AddError("--head and --at belong together."); });
        command.SetAction(async (parsed, cancel) =>
        {
            await using var installation = Installation.Open();
            var chain = installation.Get<AuditChain>();
            var found = await chain.VerifyAsync(_ => { }, cancel);
            if (found.IsWhole && parsed.GetValue(at) is { } position && await chain.HeadAsync(position, cancel) is var stood && !string.Equals(stood, parsed.GetValue(head), StringComparison.OrdinalIgnoreCase))
                found = found with { IsWhole = false, Broken = stood is null ? $"The chain ends before position {position}: its end was cut off." : $"At position {position} the chain is not the one whose head was noted: it was made anew.", BrokenPosition = position };
            if (parsed.GetValue(json)) Write(console, found);
            else if (found.Broken is { } broken) console.MarkupLineInterpolated($"[red]The audit does not hold.[/] {broken} {found.Checked:N0} entries before it do.");
            else console.MarkupLineInterpolated($"The audit holds: {found.Checked:N0} entries, {found.Unsealed:N0} wait for their seal. Head at {found.Checked}: {found.Head}");
            return found.IsWhole ? CliHost.Done : CliHost.WithProblems;
        });
        return command;
    }

    private static Command Findings(IAnsiConsole console)
    {
        var json = new Option<bool>("--json") { Description = "The same as GET /security/findings." };
        var command = new Command("findings", "What the security monitor finds now. Exit code 1 when anything is worse than Info.") { json };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var installation = Installation.Open();
            var found = await installation.Get<SecurityMonitor>().FindAsync(cancel);
            if (parsed.GetValue(json)) Write(console, found);
            else if (found.Count == 0) console.WriteLine("Nothing found.");
            foreach (var finding in parsed.GetValue(json) ? [] : found) console.MarkupLineInterpolated($"{finding.Severity.ToString().ToUpperInvariant()} {finding.Component}: {finding.Message}");
            return found.Any(f => f.Severity > AlertSeverity.Info) ? CliHost.WithProblems : CliHost.Done;
        });
        return command;
    }

    private static TimeSpan? Span(string text) => text.Length > 1 && int.TryParse(text[..^1], System.Globalization.CultureInfo.InvariantCulture, out var n) && n is > 0 and < 100_000
        ? text[^1] switch { 'm' => TimeSpan.FromMinutes(n), 'h' => TimeSpan.FromHours(n), 'd' => TimeSpan.FromDays(n), _ => null } : null;

    private static void Write<T>(IAnsiConsole console, T value) => console.Profile.Out.Writer.WriteLine(JsonSerializer.Serialize(value, ContractJson.Options));
}
