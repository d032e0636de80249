using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using EmailOps.Cli.Incidents;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Core.Data.Checks;
using EmailOps.Core.Outgoing;
using EmailOps.ServiceDefaults.Logging;
using EmailOps.ServiceDefaults.Settings;
using Microsoft.Extensions.Configuration;
using Npgsql;
using Spectre.Console;

namespace EmailOps.Cli.Commands;

/// <summary><c>emailops incident TYPE SEVERITY</c>: gathers evidence, offers or does what contains it, and tells.</summary>
internal static class IncidentCommand
{
    private const string Actor = "emailops incident";
    private static readonly string[] Severities = ["low", "medium", "high", "critical"];

    /// <param name="Notified">Null: nobody is to be told (no ALERT_WEBHOOK_URL, or --no-notify).</param>
    internal sealed record IncidentView(string Type, string Severity, DateTimeOffset At, string Folder, string Zip, string Sha256, IReadOnlyList<EvidenceFile> Evidence, IReadOnlyList<ContainmentStep> Containment, bool? Notified, string? NotifyProblem);

    public static Command Create(IAnsiConsole console)
    {
        var type = new Argument<string>("TYPE") { Description = string.Join(", ", Containment.Types) };
        type.AcceptOnlyFromAmong([.. Containment.Types]);
        var severity = new Argument<string>("SEVERITY") { Description = string.Join(", ", Severities) };
        severity.AcceptOnlyFromAmong(Severities);
        var contain = new Option<bool>("--contain") { Description = "Do what is offered for the type: hold automatic answers, drain workers, revoke keys, sign people out, log everything." };
        var output = new Option<string?>("--output", "-o") { Description = "The folder in which the incident's folder is made; STATE_DIR/incidents without it." };
        var note = new Option<string?>("--note") { Description = "What is known so far; goes into the folder and the notification." };
        var quiet = new Option<bool>("--no-notify") { Description = "Post nothing to ALERT_WEBHOOK_URL." };
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var command = new Command("incident", """
            Gathers evidence of a security incident into a dated folder and a zip file: logs, facts of the database, queue, audit log, keys, processes, network, disk, settings, all checks.
            Secrets are masked, no mail is in it, every file has its SHA-256. Then it says what contains such an incident, and does it with --contain.

            Examples:
              emailops incident unauthorized_access high
              emailops incident data_breach critical --contain --note "key found in a public repository"
              emailops incident dos_attack medium --output /mnt/evidence

            Exit codes: 0 done, 1 some evidence is missing, or a step or the notification failed, 2 there is no folder for it.
            """) { type, severity, contain, output, note, quiet, json };
        command.SetAction(async (parsed, cancel) =>
        {
            using var configuration = Installation.Configure();
            var (kind, grade, why) = (parsed.GetRequiredValue(type), parsed.GetRequiredValue(severity), parsed.GetValue(note));
            var at = TimeProvider.System.GetUtcNow();
            var mask = SecretMask.From(configuration);
            var folder = new EvidenceFolder(parsed.GetValue(output) ?? Path.Combine(StateFolder.Find(n => configuration[n]), "incidents"), EvidenceFolder.NameOf(at, kind), mask);
            await using var installation = Installation.Open(configuration);
            await CollectAsync(folder, installation, configuration, cancel);
            var steps = Containment.Of(kind);
            if (parsed.GetValue(contain))
            {
                var containment = new Containment(installation, Actor);
                var done = new List<ContainmentStep>();
                foreach (var step in steps) done.Add(await containment.RunAsync(step, $"Incident: {kind}, {grade}", cancel));
                steps = done;
            }
            await folder.AddAsync("incident.json", () => Task.FromResult(new { type = kind, severity = grade, at, by = Environment.UserName, host = Environment.MachineName, note = why, containment = steps }));
            var (zip, hash) = await folder.SealAsync();
            var (notified, problem) = parsed.GetValue(quiet) ? (null, null) : await NotifyAsync(installation, configuration, kind, grade, at, why, Path.GetFileName(zip), steps, cancel);
            var view = new IncidentView(kind, grade, at, folder.Path, zip, hash, folder.Files, steps, notified, problem);
            if (parsed.GetValue(json)) console.Profile.Out.Writer.WriteLine(JsonSerializer.Serialize(view, ContractJson.Options));
            else Write(console, view);
            return folder.Files.Any(f => f.Problem is not null) || steps.Any(s => s.Done == false) || notified == false ? CliHost.WithProblems : CliHost.Done;
        });
        return command;
    }

    private static async Task CollectAsync(EvidenceFolder folder, Installation installation, ConfigurationManager configuration, CancellationToken cancel)
    {
        var state = StateFolder.FindOrNull(n => configuration[n]);
        var database = new DatabaseEvidence(installation.Get<NpgsqlDataSource>());
        // What passes soonest comes first.
        await folder.AddAsync("processes.tsv", MachineEvidence.Processes);
        await folder.AddAsync("network.tsv", MachineEvidence.Network);
        await folder.AddAsync("database.json", () => database.FactsAsync(cancel));
        await folder.AddAsync("queue.json", () => installation.Get<ProcessFigures>().StatusAsync(cancel));
        await folder.AddAsync("audit.json", () => database.AuditAsync(cancel));
        await folder.AddAsync("keys.json", () => database.KeysAsync(cancel));
        await folder.AddAsync("checks.json", () => installation.Get<Examination>().RunAsync(cancel));
        await folder.AddAsync("settings.txt", () => ConfigCommand.Masked(configuration).Where(s => s.Value is not null).Select(s => $"{s.Name}={s.Value}"));
        await folder.AddAsync("disk.tsv", () => MachineEvidence.Disk(state));
        var log = configuration["Logging:File:Path"] is { Length: > 0 } given ? Path.GetFullPath(given) : state is null ? null : Path.Combine(state, "logs", "app.log");
        if (log is not null && Path.GetDirectoryName(log) is { } logs && Directory.Exists(logs))
            foreach (var file in Directory.EnumerateFiles(logs, $"{Path.GetFileName(log)}*").Order(StringComparer.Ordinal)) await folder.CopyAsync($"logs/{Path.GetFileName(file)}", file);
    }

    private static async Task<(bool? Done, string? Problem)> NotifyAsync(Installation installation, ConfigurationManager configuration, string type, string severity, DateTimeOffset at, string? note, string zip, IReadOnlyList<ContainmentStep> steps, CancellationToken cancel)
    {
        if (configuration["Alerts:WebhookUrl"] is not { Length: > 0 } url) return (null, null);
        var record = new
        {
            severity,
            component = "security",
            message = $"Security incident: {type}, {severity}.",
            details = new { type, at, host = Environment.MachineName, note, evidence = zip, contained = steps.Where(s => s.Done == true).Select(s => s.Action).ToArray() },
        };
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address)) return (false, "ALERT_WEBHOOK_URL is no address.");
        var answer = await installation.Get<OutgoingHttp>().SendAsync(new OutgoingRequest(address) { Body = JsonSerializer.SerializeToUtf8Bytes(record, ContractJson.Options) }, cancel);
        return (answer.IsDone, answer.Problem);
    }

    private static void Write(IAnsiConsole console, IncidentView view)
    {
        console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"Evidence: {view.Zip} ({view.Evidence.Count(e => e.Problem is null)} files; SHA-256 {view.Sha256})");
        foreach (var missing in view.Evidence.Where(e => e.Problem is not null)) console.MarkupLineInterpolated($"[yellow]{missing.Name} is missing: {missing.Problem}[/]");
        foreach (var step in view.Containment)
        {
            if (step.Done == true) console.MarkupLineInterpolated($"[green]done[/]   {step.Text}: {step.Result}");
            else if (step.Done == false) console.MarkupLineInterpolated($"[red]FAILED[/] {step.Text}: {step.Result}");
            else console.MarkupLineInterpolated($"to do  {step.Text}");
        }
        if (view.Containment.Any(s => s.Done is null)) console.MarkupLine("Nothing was contained: --contain does the steps above.");
        if (view.Notified is { } told) console.MarkupLineInterpolated($"{(told ? "The alert webhook was told." : $"The alert webhook was not told: {view.NotifyProblem}")}");
        console.MarkupLine("Copy the zip file off this machine.");
    }
}
