using System.Globalization;

namespace EmailOps.Mail.Imap;

/// <summary>What to look for; all that is set must hold (RFC 3501, section 6.4.4).</summary>
public sealed record ImapSearch
{
    public static readonly ImapSearch All = new();

    /// <summary>Messages with this UID or a later one.</summary>
    public uint FromUid { get; init; }

    /// <summary>Only among these.</summary>
    public UidSet? Among { get; init; }

    /// <summary>A header field and a part of its value; compared without case. An empty value asks whether the field is there.</summary>
    public (string Name, string Value)? Header { get; init; }

    /// <summary>Arrived on this day or later, by the server's day.</summary>
    public DateOnly? Since { get; init; }

    /// <summary>Messages that have none of these flags.</summary>
    public ImapSystemFlags Without { get; init; }

    /// <summary>Changed at or after this count (RFC 7162, section 3.1.5); needs CONDSTORE.</summary>
    public ulong ModSeq { get; init; }

    /// <summary>Finds a message by its Message-ID, which is compared exactly as the server stores it.</summary>
    public static ImapSearch MessageId(string id) => new() { Header = ("Message-ID", id) };

    public static ImapSearch NewFrom(uint uid) => new() { FromUid = uid };

    internal void Write(ImapCommand command)
    {
        var isAll = true;
        if (FromUid > 0)
            Add($"UID {FromUid}:*");
        if (Among is not null)
            Add($"UID {(Among.IsEmpty ? "4294967295" : Among)}");
        if (Since is { } since)
            Add($"SINCE {since.ToString("d-MMM-yyyy", CultureInfo.InvariantCulture)}");
        foreach (var (flag, key) in new[] { (ImapSystemFlags.Seen, "UNSEEN"), (ImapSystemFlags.Answered, "UNANSWERED"), (ImapSystemFlags.Flagged, "UNFLAGGED"), (ImapSystemFlags.Deleted, "UNDELETED"), (ImapSystemFlags.Draft, "UNDRAFT") })
        {
            if (Without.HasFlag(flag))
                Add(key);
        }
        if (ModSeq > 0)
            Add($"MODSEQ {ModSeq}");
        if (Header is { } header)
        {
            Add("HEADER");
            command.String(header.Name).String(header.Value);
        }
        if (isAll)
            command.Raw("ALL");

        void Add(string key)
        {
            command.Raw(key);
            isAll = false;
        }
    }

    internal bool NeedsUtf8 => Header is { Value: var value } && !System.Text.Ascii.IsValid(value);
}
