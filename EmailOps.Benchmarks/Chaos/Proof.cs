namespace EmailOps.Benchmarks.Chaos;

/// <summary>One sentence that must be true, and what was counted for it.</summary>
/// <param name="Offenders">The first of those that break it.</param>
internal sealed record ProofLine(string Claim, bool Holds, string Counted, IReadOnlyList<string> Offenders);

/// <summary>
/// What must be true once the worker has come to rest, whatever happened before. Judged from the mail servers' own files and from the database,
/// past every line of the code it judges.
/// </summary>
internal static class Proof
{
    private const int Shown = 5;

    /// <summary>Waits until nothing is under way any more.</summary>
    /// <returns>What is still not at rest after that time; empty when all is.</returns>
    public static async Task<IReadOnlyList<string>> RestAsync(ChaosWorld world, TimeSpan patience, CancellationToken cancel)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var left = await LeftAsync(world, cancel);
            if (left.Count == 0 || TimeProvider.System.GetElapsedTime(began) > patience) return left;
            await Task.Delay(100, cancel);
        }
    }

    public static async Task<IReadOnlyList<ProofLine>> CheckAsync(ChaosWorld world, CancellationToken cancel)
    {
        List<ProofLine> lines = [];
        var mails = Mails(world);
        lines.Add(Line("The mail server has a UID for every mail, and holds all that were delivered.", mails is null || mails.Count != world.Delivered ? [$"{mails?.Count} of {world.Delivered}"] : [], $"{world.Delivered} mails"));
        if (mails is null) return lines;
        await IntakeAsync(world, mails, lines, cancel);
        await RepliesAsync(world, lines, cancel);
        await WorkAsync(world, lines, cancel);
        return lines;
    }

    private static async Task IntakeAsync(ChaosWorld world, IReadOnlyList<(string Address, long UidValidity, long Uid, string Sha256)> mails, List<ProofLine> lines, CancellationToken cancel)
    {
        var known = (await world.LinesAsync("select b.address, s.uid_validity, s.uid from server_message s join mailbox_folder f on f.id = s.folder_id join mailbox b on b.id = f.mailbox_id where s.uid_validity = f.uid_validity and not s.is_missing", cancel)).ToHashSet();
        var there = mails.Select(m => $"{m.Address} {m.UidValidity} {m.Uid}").ToHashSet();
        lines.Add(Line("Every UID on the server has its line in the ledger, and no line lacks its mail.", [.. there.Except(known).Select(u => "not in the ledger: " + u), .. known.Except(there).Select(u => "not on the server: " + u)], $"{there.Count} UIDs"));

        var stored = (await world.LinesAsync("select encode(r.sha256, 'hex'), (select count(*) from message m where m.raw_id = r.id) from raw_mail r", cancel)).Select(l => l.Split(' ')).ToDictionary(l => l[0].ToUpperInvariant(), l => l[1]);
        var distinct = mails.Select(m => m.Sha256).Distinct().ToList();
        lines.Add(Line("The bytes of every mail are stored as the server has them (SHA-256).", distinct.Where(sha => !stored.ContainsKey(sha)), $"{distinct.Count} different mails"));
        lines.Add(Line("A mail's bytes belong to one message at most.", stored.Where(s => s.Value is not ("0" or "1")).Select(s => $"{s.Key} belongs to {s.Value}"), $"{stored.Count} raw mails"));
        lines.Add(Line("Every customer's mail is one message, whatever copies came.", await world.LinesAsync($"""
            select internet_message_id, count(*) from message group by 1 having count(*) <> 1
            union all select 'messages', count(*) from message having count(*) <> {world.Distinct}
            """, cancel), $"{world.Distinct} mails of their own"));
        lines.Add(Line("Every line of the ledger says stored or copy, and names its message.", await world.LinesAsync("""
            select e.id, e.outcome, e.reason from intake_entry e where e.outcome not in ('Stored', 'Duplicate') or e.message_id is null
                or e.outcome = 'Stored' and (select count(*) from intake_entry o where o.outcome = 'Stored' and o.message_id = e.message_id) <> 1
            """, cancel), $"{await world.AskAsync<long>("select count(*) from intake_entry", cancel)} lines"));
        lines.Add(Line("Every message was judged and decided.", await world.LinesAsync("""
            select m.id from message m where not exists (select from triage_result where message_id = m.id) or not exists (select from decision where message_id = m.id)
            """, cancel), $"{await world.AskAsync<long>("select count(*) from decision", cancel)} decisions"));
    }

    private static async Task RepliesAsync(ChaosWorld world, List<ProofLine> lines, CancellationToken cancel)
    {
        var received = world.Users.SelectMany(user => world.Servers.Sink.ReceivedFrom(user)).ToList();
        var ids = received.Select(mail => mail.Header("Message-ID")?.Trim('<', '>') ?? "").ToList();
        lines.Add(Line("No reply reached the mail server twice (Message-ID).", ids.GroupBy(id => id).Where(g => g.Key.Length == 0 || g.Count() > 1).Select(g => $"{g.Key}: {g.Count()} times"), $"{ids.Count} replies received"));
        lines.Add(Line("No customer was answered twice (In-Reply-To).", received.GroupBy(mail => mail.Header("In-Reply-To") ?? "").Where(g => g.Key.Length == 0 || g.Count() > 1).Select(g => $"{g.Key}: {g.Count()} times"), $"{received.SelectMany(m => m.To).Distinct().Count()} correspondents"));

        var outbox = (await world.LinesAsync("select internet_message_id, state from outbound_message", cancel)).Select(l => l.Split(' ')).ToDictionary(l => l[0].Trim('<', '>'), l => l[1]);
        lines.Add(Line("Every reply that policy ordered is in the outbox, once.", await world.LinesAsync("""
            select d.message_id, (select count(*) from outbound_message o where o.message_id = d.message_id) from decision d
            where d.kind = 'SendReply' and (select count(*) from outbound_message o where o.message_id = d.message_id) <> 1
            """, cancel), $"{await world.AskAsync<long>("select count(*) from decision where kind = 'SendReply'", cancel)} ordered"));
        lines.Add(Line("Every reply in the outbox is sent, or unknown and shown to a person; none waits or is stuck.", outbox.Where(o => o.Value is not ("Sent" or "Unknown")).Select(o => $"{o.Key} is {o.Value}"),
            string.Join(", ", outbox.Values.GroupBy(s => s).OrderBy(g => g.Key).Select(g => $"{g.Count()} {g.Key}"))));
        lines.Add(Line("What is called sent was received.", outbox.Where(o => o.Value == "Sent").Select(o => o.Key).Except(ids), $"{outbox.Values.Count(s => s == "Sent")} sent"));
        lines.Add(Line("What was received is called sent or unknown.", ids.Where(id => outbox.GetValueOrDefault(id) is not ("Sent" or "Unknown")).Select(id => $"{id} is {outbox.GetValueOrDefault(id) ?? "not in the outbox"}"), $"{ids.Count} received"));

        var copies = world.Users.SelectMany(user => ServerMailbox.MessageIds(world.Servers, user, "Sent")).GroupBy(id => id).ToDictionary(g => g.Key, g => g.Count());
        var sent = outbox.Where(o => o.Value == "Sent").Select(o => o.Key).ToHashSet(StringComparer.Ordinal);
        lines.Add(Line("The Sent folder has every reply that is called sent, once, and no other.",
            [.. copies.Where(c => c.Value > 1 || !sent.Contains(c.Key)).Select(c => $"{c.Key} {c.Value} times, {outbox.GetValueOrDefault(c.Key)}"), .. sent.Except(copies.Keys).Select(id => id + " has no copy")], $"{copies.Count} copies"));
    }

    private static async Task WorkAsync(ChaosWorld world, List<ProofLine> lines, CancellationToken cancel)
    {
        lines.Add(Line("No work is left, and none was given up.", await world.LinesAsync("select stage, subject_id, attempts, died_at, last_error from work_item limit 20", cancel), $"{await world.AskAsync<long>("select count(*) from work_item", cancel)} items"));
        lines.Add(Line("The reading of the mailbox is under way and reports no gap.", await world.LinesAsync("""
            select l.state, l.problem, f.gap from mailbox_loop l join mailbox_folder f on f.mailbox_id = l.mailbox_id where l.state <> 'Watching' or f.gap <> 0 or f.problem is not null
            """, cancel), string.Join(", ", await world.LinesAsync("select state from mailbox_loop", cancel))));
        lines.Add(Line("The worker never ended by itself.", world.Workers.Where(w => w.HasDied).Select(w => w.LastLines(10)), world.Workers.Count == 1 ? "its process runs" : $"{world.Workers.Count} processes run"));
    }

    private static async Task<IReadOnlyList<string>> LeftAsync(ChaosWorld world, CancellationToken cancel)
    {
        List<string> left = [];
        var mails = Mails(world);
        var known = await world.AskAsync<long>("select count(*) from server_message s join mailbox_folder f on f.id = s.folder_id where s.uid_validity = f.uid_validity and not s.is_missing", cancel);
        if (mails is null || mails.Count != known) left.Add($"{known} of {mails?.Count} mails are in the ledger");
        left.AddRange(await world.LinesAsync("select 'stage ' || stage, count(*), 'items wait; attempts up to', max(attempts), max(last_error) from work_item where died_at is null group by stage", cancel));
        left.AddRange(await world.LinesAsync("select count(*), 'replies are', state from outbound_message where state in ('Held', 'Queued', 'Sending', 'Failed') group by state", cancel));
        left.AddRange(await world.LinesAsync("select 'the loop is', state, problem from mailbox_loop where state <> 'Watching'", cancel));
        return left;
    }

    private static List<(string Address, long UidValidity, long Uid, string Sha256)>? Mails(ChaosWorld world)
    {
        var mails = new List<(string, long, long, string)>();
        foreach (var user in world.Users)
        {
            if (ServerMailbox.Read(world.Servers, user) is not { } read) return null;
            mails.AddRange(read.Select(m => (user.Address, m.UidValidity, m.Uid, m.Sha256)));
        }
        return mails;
    }

    private static ProofLine Line(string claim, IEnumerable<string> offenders, string counted)
    {
        var found = offenders.ToList();
        return new ProofLine(claim, found.Count == 0, found.Count == 0 ? counted : $"{counted}; {found.Count} against it", [.. found.Take(Shown)]);
    }
}
