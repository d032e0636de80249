using System.Globalization;
using System.Text;
using EmailOps.Benchmarks.Proxies;

namespace EmailOps.Benchmarks.Chaos;

/// <summary>The report as people read it in docs/chaos.md.</summary>
internal static class ChaosReport
{
    public static string Write(ChaosResult result)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"""
            # Chaos: nothing lost, nothing doubled

            The real worker, as a process of its own, reads a mailbox on a real Dovecot, answers through a real SMTP server, and keeps everything in a real
            PostgreSQL. Proxies between them know the three protocols and stop the bytes at a named moment: there the worker is killed (`kill -9`) and started
            again, while mail keeps arriving. Then servers fail under a worker that lives. After each part, when everything has come to rest, the proof below is
            asked for: from the mail servers' files and from the database, past the code that is judged.

            This file is written by

            ```
            dotnet run -c Release --project EmailOps.Benchmarks -- chaos --kills {result.Options.Kills} --messages {result.Options.Messages} --seed {result.Options.Seed} --report docs/chaos.md
            ```

            (PostgreSQL from `eng/postgres.sh`, Dovecot and the SMTP server from `eng/mailservers.sh programs`; root for the full disk.) A short run is part of
            `./test.sh`.

            **{(result.Holds ? "The proof holds after every part." : "THE PROOF FAILS.")}** {result.Kills.Count} kills, {result.Distinct} customers' mails ({result.Delivered} with copies), {result.Seconds / 60:0.0} minutes, seed {result.Options.Seed}.

            ## Kills

            | moment | kills | at the moment | seconds of life, median |
            |---|---|---|---|

            """);
        foreach (var group in result.Kills.GroupBy(k => k.Where).OrderBy(g => Enum.TryParse<Moment>(g.Key, out var at) ? (int)at : int.MaxValue))
            text.Append(CultureInfo.InvariantCulture, $"| {Words(group.Key)} | {group.Count()} | {group.Count(k => k.Reached)} | {Median(group.Select(k => k.AfterSeconds)):0.0} |\n");
        text.Append("\nA moment that does not come within its time is killed at all the same, and counted in the second column only.\n");
        Parts(text, result);
        return text.ToString();
    }

    /// <summary>Each part with its proof.</summary>
    public static void Parts(StringBuilder text, ChaosResult result)
    {
        foreach (var part in result.Parts)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n## {part.Name}\n\n{Capital(part.Told)}.\n\n");
            foreach (var left in part.NotAtRest) text.Append(CultureInfo.InvariantCulture, $"- NOT AT REST: {left}\n");
            text.Append("| | claim | counted |\n|---|---|---|\n");
            foreach (var line in part.Proof) text.Append(CultureInfo.InvariantCulture, $"| {(line.Holds ? "holds" : "FAILS")} | {line.Claim} | {line.Counted}{(line.Offenders.Count > 0 ? ": " + string.Join("; ", line.Offenders) : "")} |\n");
        }
    }

    private static string Words(string where) => Enum.TryParse<Moment>(where, out var moment) ? moment switch
    {
        Moment.FetchHalf => "in the middle of a mail's bytes",
        Moment.Fetched => "mails fetched, nothing stored",
        Moment.BeforeStored => "before the commit of the stored mails",
        Moment.AfterStored => "after it, unheard",
        Moment.BeforeTriaged => "before the commit of triage",
        Moment.AfterTriaged => "after it, unheard",
        Moment.BeforeDecided => "before the commit of decisions",
        Moment.AfterDecided => "after it, unheard",
        Moment.BeforeQueued => "before the commit that puts replies into the outbox",
        Moment.AfterQueued => "after it, unheard",
        Moment.BeforeSending => "before the commit of `Sending`",
        Moment.AfterSending => "after it, unheard; the server was not called",
        Moment.MailFrom => "MAIL FROM on its way",
        Moment.DataHalf => "in the middle of the reply's bytes",
        Moment.BeforeDot => "all gone but the final dot",
        Moment.Accepted => "the server has taken the reply; unheard",
        Moment.Answered => "its answer was heard, nothing noted",
        Moment.BeforeSent => "before the commit of `Sent`",
        Moment.AfterSent => "after it, unheard",
        Moment.AppendHalf => "in the middle of the copy to Sent",
        Moment.Appended => "the copy is there; unheard",
        Moment.BeforeAppendNoted => "before the commit that notes the copy",
        Moment.AfterAppendNoted => "after it, unheard",
        _ => moment.ToString(),
    } : where;

    private static string Capital(string sentence) => char.ToUpperInvariant(sentence[0]) + sentence[1..];

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted[sorted.Length / 2];
    }
}
