using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace EmailOps.Benchmarks.Proxies;

/// <summary>What a transaction of the worker is about, told by the tables it writes.</summary>
internal sealed partial record StoreCommit(Moment Before, Moment After)
{
    private static readonly StoreCommit Stored = new(Moment.BeforeStored, Moment.AfterStored), Triaged = new(Moment.BeforeTriaged, Moment.AfterTriaged),
        Decided = new(Moment.BeforeDecided, Moment.AfterDecided), Queued = new(Moment.BeforeQueued, Moment.AfterQueued), Sending = new(Moment.BeforeSending, Moment.AfterSending),
        Sent = new(Moment.BeforeSent, Moment.AfterSent), AppendNoted = new(Moment.BeforeAppendNoted, Moment.AfterAppendNoted);

    /// <param name="values">Of a Bind message, what stands behind the statement's name; empty for a plain query.</param>
    public static StoreCommit? Of(string sql, ReadOnlySpan<byte> values)
    {
        if (Writes(sql, "server_message") && !sql.Contains("handled_at =", StringComparison.Ordinal)) return Stored;
        if (Writes(sql, "triage_result")) return Triaged;
        if (Writes(sql, "decision")) return Decided;
        if (!Writes(sql, "outbound_message")) return null;
        if (!sql.Contains("update outbound_message", StringComparison.OrdinalIgnoreCase)) return Queued;
        if (NewState().Match(sql) is not { Success: true } change) return sql.Contains("appended_at = ", StringComparison.OrdinalIgnoreCase) ? AppendNoted : null;
        return (change.Groups[2].Success ? change.Groups[2].Value : Parameter(values, int.Parse(change.Groups[1].ValueSpan, CultureInfo.InvariantCulture))) switch
        {
            "Sending" => Sending,
            "Sent" => Sent,
            _ => null,
        };
    }

    private static bool Writes(string sql, string table)
        => ((string[])["insert into ", "copy ", "update "]).Any(verb => sql.IndexOf(verb + table, StringComparison.OrdinalIgnoreCase) is >= 0 and var at && EndsAt(sql, at + verb.Length + table.Length));

    private static bool EndsAt(string sql, int at) => at == sql.Length || !(char.IsLetterOrDigit(sql[at]) || sql[at] == '_');

    // Of a Bind message, behind the statement's name: formats (count, 2 bytes each), then values (count, each its length in 4 bytes and its bytes).
    private static string? Parameter(ReadOnlySpan<byte> values, int number)
    {
        if (values.Length < 4) return null;
        values = values[(2 + 2 * BinaryPrimitives.ReadInt16BigEndian(values))..];
        var count = BinaryPrimitives.ReadInt16BigEndian(values);
        values = values[2..];
        for (var at = 1; at <= count; at++)
        {
            var length = Math.Max(0, BinaryPrimitives.ReadInt32BigEndian(values));
            if (at == number) return Encoding.UTF8.GetString(values.Slice(4, length));
            values = values[(4 + length)..];
        }
        return null;
    }

    [GeneratedRegex(@"\bset\s+state\s*=\s*(?:\$(\d+)|'(\w+)')", RegexOptions.IgnoreCase)]
    private static partial Regex NewState();
}
