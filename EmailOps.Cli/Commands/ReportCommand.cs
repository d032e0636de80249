using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using EmailOps.Core.Analytics;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data.Analytics;
using Spectre.Console;

namespace EmailOps.Cli.Commands;

/// <summary><c>emailops report kpi|performance|capacity|patterns</c>: the Api's reports, for people, as JSON or as a file.</summary>
internal static class ReportCommand
{
    private static readonly JsonSerializerOptions s_indented = new(ContractJson.Options) { WriteIndented = true };

    public static Command Create(IAnsiConsole console)
    {
        var hours = new Option<int>("--hours") { Description = $"How far back, 1 to {Reports.MostHours}.", DefaultValueFactory = _ => 24 };
        Within(hours, 1, Reports.MostHours);
        var period = new Option<string>("--period") { Description = $"One of {ReportPeriods.Names}.", DefaultValueFactory = _ => ReportPeriods.Default };
        period.Validators.Add(r =>
        {
            if (ReportPeriods.Find(r.GetValueOrDefault<string>()) is null) r.AddError($"--period is one of {ReportPeriods.Names}.");
        });
        var days = new Option<int>("--days") { Description = $"How far back, {Reports.LeastDays} to {Reports.MostDays}.", DefaultValueFactory = _ => 30 };
        Within(days, Reports.LeastDays, Reports.MostDays);
        var patternDays = new Option<int>("--days") { Description = $"How far back, 1 to {PatternStore.MostDays}.", DefaultValueFactory = _ => PatternStore.DefaultDays };
        Within(patternDays, 1, PatternStore.MostDays);
        return new Command("report", "How much was decided, how well and how fast; what keeps coming; when it will not be enough. A file for each month: emailops report performance --period month --output performance_202601.json.")
        {
            Make(console, "kpi", "The key figures of the last hours.", hours, (i, v, cancel) => i.Get<Reports>().KpiAsync(v, cancel), ReportText.Kpi),
            Make(console, "performance", "How triage and policy did over a period.", period, (i, v, cancel) =>
            {
                var (name, length, step) = ReportPeriods.Find(v)!.Value;
                return i.Get<PerformanceStore>().ReportAsync(name, length, step, null, cancel);
            }, ReportText.Performance),
            Make(console, "capacity", "Volume, processor, memory and storage with projections and advice. Exit code 1: there is advice.", days, (i, v, cancel) => i.Get<Reports>().CapacityAsync(v, cancel), ReportText.Capacity, r => r.Recommendations.Count > 0),
            Make(console, "patterns", "Looks for what keeps coming and for articles that are missing, and keeps what it finds for the console.", patternDays, (i, v, cancel) => i.Get<PatternStore>().AnalyzeAsync(v, "emailops", cancel), ReportText.Patterns),
        };
    }

    private static Command Make<TOption, T>(IAnsiConsole console, string name, string text, Option<TOption> option, Func<Installation, TOption, CancellationToken, Task<T>> read, Func<T, IEnumerable<string>> lines, Func<T, bool>? hasProblems = null)
    {
        var json = new Option<bool>("--json") { Description = "The same as the Api answers." };
        var output = new Option<string?>("--output") { Description = "Writes it as JSON into this file." };
        var command = new Command(name, text) { option, json, output };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var installation = Installation.Open();
            var report = await read(installation, parsed.GetValue(option)!, cancel);
            if (parsed.GetValue(output) is { Length: > 0 } path)
            {
                // Written beside and moved into place: a file of a month is whole or not there.
                await File.WriteAllTextAsync($"{path}.part", JsonSerializer.Serialize(report, s_indented), cancel);
                File.Move($"{path}.part", path, overwrite: true);
                if (!parsed.GetValue(json)) console.MarkupLineInterpolated($"Written to {path}.");
            }
            if (parsed.GetValue(json)) console.Profile.Out.Writer.WriteLine(JsonSerializer.Serialize(report, ContractJson.Options));
            else foreach (var line in lines(report)) console.MarkupLineInterpolated($"{line}");
            return hasProblems?.Invoke(report) == true ? CliHost.WithProblems : CliHost.Done;
        });
        return command;
    }

    private static void Within(Option<int> option, int least, int most) => option.Validators.Add(r =>
    {
        if (r.GetValueOrDefault<int>() < least || r.GetValueOrDefault<int>() > most) r.AddError(string.Create(CultureInfo.InvariantCulture, $"{option.Name} goes from {least} to {most}."));
    });
}
