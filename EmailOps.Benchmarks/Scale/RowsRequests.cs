using System.Buffers.Text;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using EmailOps.Core.Contracts;
using Npgsql;

namespace EmailOps.Benchmarks.Scale;

/// <summary>What people ask of a large installation: every filter of the console, alone and with others, first and deep pages, and the other pages.</summary>
internal static class RowsRequests
{
    /// <param name="source">With <see cref="GeneratedRows"/>.</param>
    public static async Task<List<(string What, string Path)>> OfAsync(NpgsqlDataSource source, CancellationToken cancel)
    {
        var cursors = new List<string>();
        long newest;
        await using (var connection = await source.OpenConnectionAsync(cancel))
        {
            await using var ask = new NpgsqlCommand("select max(id) from message", connection);
            newest = (long)(await ask.ExecuteScalarAsync(cancel))!;
            foreach (var share in (double[])[0.9, 0.5, 0.01])
            {
                await using var at = new NpgsqlCommand("select received_at from message where id = $1", connection) { Parameters = { new() { Value = (long)(newest * share) } } };
                cursors.Add(Cursor((DateTime)(await at.ExecuteScalarAsync(cancel))!, (long)(newest * share)));
            }
        }
        var list = new List<(string, string)> { ("inbox", "/messages?take=50") };
        void Inbox(string query) => list.Add(($"inbox {query}", $"/messages?take=50&{query}"));
        foreach (var (share, cursor) in ((string[])["a tenth", "half", "all the way"]).Zip(cursors)) list.Add(($"inbox, {share} down", $"/messages?take=50&cursor={cursor}"));
        foreach (var kind in Enum.GetNames<DecisionKind>()) Inbox($"decision={kind}");
        list.Add(("inbox decision=Quarantine, half down", $"/messages?take=50&decision=Quarantine&cursor={cursors[1]}"));
        list.Add(("inbox category=complaint, half down", $"/messages?take=50&category=complaint&cursor={cursors[1]}"));
        foreach (var query in (string[])["untriaged=true", "category=automated", "category=press", "category=none-such", "priority=4", "priority=7", "priority=9", "language=en", "language=pt", "language=ja",
            "mailbox=1000001", "mailbox=1000012", "mailbox=77", "category=complaint&decision=SendReply", "category=press&decision=Quarantine&language=pt", "decision=File&priority=9", "language=pt&priority=9", "mailbox=1000012&decision=Escalate&priority=9", "mailbox=1000012&category=press&language=fr",
            "draft=Proposed", "draft=Approved", "draft=Rejected", "decision=Suggest&draft=Rejected"]) Inbox(query);
        foreach (var query in (string[])["q=so", "q=w12", "q=w900", $"q={GeneratedRows.RareWord}", $"q={GeneratedRows.OrderPrefix}-{newest / 8 * 4}", "q=person42@sender.example", "q=notthere", "q=w900%20w7000", "q=w12&decision=Quarantine", "q=w900&category=press", "q=w900&mailbox=1000012"]) Inbox(query);
        list.Add(("message page", $"/messages/{newest / 2}"));
        list.Add(("status", Routes.ProcessStatus));
        list.Add(("health", Routes.HealthDetailed));
        foreach (var state in (string[])["", "Queued", "Sent", "Failed", "Bounced", "Withheld", "Cancelled"]) list.Add(($"outbox {state}", state.Length == 0 ? "/outbound" : $"/outbound?state={state}"));
        foreach (var query in (string[])["", "outcome=Unparsable", "outcome=Duplicate", "outcome=Refused", "import=3", "import=3&outcome=Duplicate", $"cursor={newest / 2}"]) list.Add(($"ledger {query}", $"/intake?{query}"));
        list.Add(("dead letters", Routes.DeadLetters));
        list.Add(("mailboxes", Routes.Mailboxes));
        return list;
    }

    /// <summary>Prints median and 95th percentile; a few times beforehand do not count.</summary>
    public static async Task ReportAsync(string what, int rounds, Func<Task> ask, Func<Task>? between = null)
    {
        for (var i = 0; i < Math.Min(7, rounds); i++) await ask();
        var times = new double[rounds];
        for (var i = 0; i < rounds; i++)
        {
            var began = Stopwatch.GetTimestamp();
            await ask();
            times[i] = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
            if (between is not null) await between();
        }
        Array.Sort(times);
        Console.WriteLine($"{what,-64} {times[rounds / 2],9:N1} {times[Math.Min(rounds - 1, rounds * 95 / 100)],8:N1}");
    }

    // As the list makes them: time and id of the last row.
    private static string Cursor(DateTime at, long id) => Base64Url.EncodeToString(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{at.ToUniversalTime().Ticks}.{id}")));
}
