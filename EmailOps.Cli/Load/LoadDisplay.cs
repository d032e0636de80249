using System.Globalization;
using Spectre.Console;

namespace EmailOps.Cli.Load;

/// <summary>The run as people watch it: a table that changes on a terminal, a line every five seconds elsewhere, and a summary.</summary>
internal static class LoadDisplay
{
    private static readonly TimeSpan LineEvery = TimeSpan.FromSeconds(5);

    public static async Task<LoadView> FollowAsync(IAnsiConsole console, LoadRun run, bool isShown, CancellationToken cancel)
    {
        if (!isShown) return await run.RunAsync(_ => { /* The summary tells. */ }, cancel);
        if (!console.Profile.Out.IsTerminal)
        {
            var next = 0.0;
            return await run.RunAsync(view =>
            {
                if (view.Seconds < next) return;
                next = view.Seconds + LineEvery.TotalSeconds;
                console.Profile.Out.Writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{view.Seconds:0} s: {view.Sent} sent, {view.Processed} processed, queue {view.Queue}, p50 {Seconds(view.ProcessingP50)}, p95 {Seconds(view.ProcessingP95)}, memory {Bytes(view.Memory)}"));
            }, cancel);
        }
        LoadView? last = null;
        await console.Live(new Table()).StartAsync(async live => last = await run.RunAsync(view => live.UpdateTarget(Table(view)), cancel));
        return last!;
    }

    public static void Summary(IAnsiConsole console, LoadView view)
    {
        if (!console.Profile.Out.IsTerminal) console.Write(Table(view));
        console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"{view.Processed:N0} of {view.Emails:N0} mails processed in {view.Seconds:0.0} s ({view.PerSecond:0.0} a second); peak queue {view.PeakQueue:N0}, peak memory {Bytes(view.PeakMemory)}.");
        if (view.Problem is { } problem) console.MarkupLineInterpolated($"[yellow]{problem}[/]");
        console.MarkupLine("Remove the generated mail: emailops load --clean");
    }

    private static Table Table(LoadView view)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns($"{view.Emails:N0} mails by {view.Via}, {view.Concurrent} at once", "");
        table.AddRow("Sent / failed", string.Create(CultureInfo.InvariantCulture, $"{view.Sent:N0} / {view.Failed:N0}"));
        table.AddRow("Stored / processed", string.Create(CultureInfo.InvariantCulture, $"{view.Stored:N0} / {view.Processed:N0} ({view.PerSecond:0.0} a second)"));
        table.AddRow("Processing p50 / p95 / p99", $"{Seconds(view.ProcessingP50)} / {Seconds(view.ProcessingP95)} / {Seconds(view.ProcessingP99)}");
        table.AddRow("Sending p50 / p95", $"{Seconds(view.SendingP50)} / {Seconds(view.SendingP95)}");
        table.AddRow("Queue / peak", string.Create(CultureInfo.InvariantCulture, $"{view.Queue:N0} / {view.PeakQueue:N0}"));
        table.AddRow("Memory / peak", $"{Bytes(view.Memory)} / {Bytes(view.PeakMemory)}");
        table.AddRow("Time", string.Create(CultureInfo.InvariantCulture, $"{view.Seconds:0.0} s"));
        return table;
    }

    private static string Seconds(double? seconds) => seconds is { } s ? string.Create(CultureInfo.InvariantCulture, $"{s:0.000} s") : "-";

    private static string Bytes(long? bytes) => bytes is { } b ? string.Create(CultureInfo.InvariantCulture, $"{b / 1048576.0:N0} MB") : "-";
}
