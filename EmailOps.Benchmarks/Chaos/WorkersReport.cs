using System.Globalization;
using System.Text;

namespace EmailOps.Benchmarks.Chaos;

/// <summary>What several workers went through, as a section of docs/chaos.md.</summary>
internal static class WorkersReport
{
    public static string Write(ChaosResult result)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"""
            ## Many workers

            {result.Options.Workers} workers, each a process of its own, share {result.Options.Mailboxes} mailboxes. Their clocks are wrong by up to {result.Options.SkewSeconds:0} s in both directions ({string.Join(", ", Enumerable.Range(0, result.Options.Workers).Select(i => result.Options.SkewOf(i).TotalSeconds.ToString("+0;-0;0", CultureInfo.InvariantCulture)))} s):
            the benchmark starts them with another clock, the product has no such setting. At any time one, two or all of them are killed or told to stop, and started again at once; PostgreSQL is
            stopped too. This section is written by

            ```
            dotnet run -c Release --project EmailOps.Benchmarks -- chaos --workers {result.Options.Workers} --skew {result.Options.SkewSeconds:0} --kills {result.Options.Kills} --messages {result.Options.Messages} --seed {result.Options.Seed} --report workers.md
            ```

            **{(result.Holds ? "The proof holds." : "THE PROOF FAILS.")}** {result.Kills.Count} blows, {result.Distinct} customers' mails ({result.Delivered} with copies), {result.Seconds / 60:0.0} minutes, seed {result.Options.Seed}.

            | blow | times |
            |---|---|

            """);
        foreach (var group in result.Kills.GroupBy(k => k.Where).OrderBy(g => g.Key, StringComparer.Ordinal)) text.Append(CultureInfo.InvariantCulture, $"| {group.Key} | {group.Count()} |\n");
        ChaosReport.Parts(text, result);
        return text.ToString();
    }
}
