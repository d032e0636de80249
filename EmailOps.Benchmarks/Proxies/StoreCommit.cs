using System.Text;

namespace EmailOps.Benchmarks.Proxies;

/// <summary>What a transaction of the worker is about, told by the tables it writes.</summary>
internal sealed record StoreCommit(Moment Before, Moment After)
{
    private static readonly StoreCommit Stored = new(Moment.BeforeStored, Moment.AfterStored), Triaged = new(Moment.BeforeTriaged, Moment.AfterTriaged),
        Decided = new(Moment.BeforeDecided, Moment.AfterDecided), Queued = new(Moment.BeforeQueued, Moment.AfterQueued), Sending = new(Moment.BeforeSending, Moment.AfterSending),
        Sent = new(Moment.BeforeSent, Moment.AfterSent), AppendNoted = new(Moment.BeforeAppendNoted, Moment.AfterAppendNoted);

    /// <param name="values">Of the statement's parameters, as they go to the server.</param>
    public static StoreCommit? Of(string sql, ReadOnlySpan<byte> values)
    {
        if (Writes(sql, "server_message") && !sql.Contains("handled_at =", StringComparison.Ordinal)) return Stored;
        if (Writes(sql, "triage_result")) return Triaged;
        if (Writes(sql, "decision")) return Decided;
        if (!Writes(sql, "outbound_message")) return null;
        if (!sql.Contains("update outbound_message", StringComparison.OrdinalIgnoreCase)) return Queued;
        // The new state is the first one that is named; those it may be changed from come behind "where".
        var set = sql[..(sql.IndexOf(" where ", StringComparison.OrdinalIgnoreCase) is >= 0 and var at ? at : sql.Length)];
        if (Names(set, values, "Sending")) return Sending;
        if (Names(set, values, "Sent")) return Sent;
        return set.Contains("appended_at", StringComparison.OrdinalIgnoreCase) ? AppendNoted : null;
    }

    private static bool Writes(string sql, string table)
        => ((string[])["insert into ", "copy ", "update "]).Any(verb => sql.IndexOf(verb + table, StringComparison.OrdinalIgnoreCase) is >= 0 and var at && EndsAt(sql, at + verb.Length + table.Length));

    private static bool EndsAt(string sql, int at) => at == sql.Length || !(char.IsLetterOrDigit(sql[at]) || sql[at] == '_');

    // In the text, or as a parameter's whole value: its length comes first.
    private static bool Names(string sql, ReadOnlySpan<byte> values, string state)
    {
        byte[] value = [0, 0, 0, (byte)state.Length, .. Encoding.ASCII.GetBytes(state)];
        return sql.Contains($"'{state}'", StringComparison.Ordinal) || values.IndexOf(value) >= 0;
    }
}
