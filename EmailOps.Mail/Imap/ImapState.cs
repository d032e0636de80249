using System.Globalization;
using System.Text;

namespace EmailOps.Mail.Imap;

/// <summary>What the client knows of the session. Every untagged answer goes through here, whatever command it came with.</summary>
internal sealed class ImapState(ImapLimits limits)
{
    private const int MaxAlerts = 20;

    public ImapCapabilities Capabilities { get; set; } = ImapCapabilities.None;

    /// <summary>The server told them in the answer to the last command, unasked.</summary>
    public bool CapabilitiesCame { get; set; }

    public ImapFolder? Folder { get; set; }

    public ImapChanges Changes { get; set; }

    /// <summary>FETCH answers are what the running command asked for, not news.</summary>
    public bool ExpectsFetch { get; set; }

    public HashSet<string> Enabled { get; } = new(StringComparer.OrdinalIgnoreCase);

    public List<string> Alerts { get; } = [];

    public string? Bye { get; private set; }

    /// <summary>Arguments of the last COPYUID: with MOVE it comes untagged (RFC 6851, section 4.3).</summary>
    public string? CopyUid { get; set; }

    public void Apply(ImapResponse response)
    {
        switch (response.Word)
        {
            case ImapWord.Status:
                Apply(response.Reply());
                break;
            case ImapWord.Capability:
                Take(response.Cursor().Rest);
                break;
            case ImapWord.Enabled:
                foreach (var word in Encoding.Latin1.GetString(response.Cursor().Rest).Split(' ', StringSplitOptions.RemoveEmptyEntries).Take(100))
                    Enabled.Add(word);
                break;
            case ImapWord.Exists when Folder is not null:
                if (response.Number != Folder.Exists)
                    Changes |= response.Number > Folder.Exists ? ImapChanges.NewMessages : ImapChanges.Expunged;
                Folder.Exists = response.Number;
                break;
            case ImapWord.Expunge when Folder is not null:
                Folder.Exists -= Math.Min(Folder.Exists, 1);
                Changes |= ImapChanges.Expunged;
                break;
            case ImapWord.Vanished when Folder is not null:
                Vanish(Folder, response);
                break;
            case ImapWord.Fetch when !ExpectsFetch:
                Changes |= ImapChanges.Flags;
                break;
        }
    }

    public void Apply(ImapReply reply)
    {
        if (reply.Status == ImapStatus.Bye)
            Bye = reply.Text.Length > 0 ? reply.Text : reply.Code;
        switch (reply.Code)
        {
            case "CAPABILITY":
                Take(Encoding.Latin1.GetBytes(reply.Arguments));
                break;
            case "ALERT" when Alerts.Count < MaxAlerts && !Alerts.Contains(reply.Text):
                Alerts.Add(reply.Text);
                break;
            case "COPYUID":
                CopyUid = reply.Arguments;
                break;
            default:
                if (Folder is not null)
                    Apply(Folder, reply);
                break;
        }
    }

    private void Apply(ImapFolder folder, ImapReply reply)
    {
        switch (reply.Code)
        {
            case "UIDVALIDITY":
                folder.UidValidity = (uint)Number(reply);
                break;
            case "UIDNEXT":
                folder.UidNext = (uint)Number(reply);
                break;
            case "HIGHESTMODSEQ":
                folder.HighestModSeq = Math.Max(folder.HighestModSeq, Number(reply));
                break;
            case "READ-ONLY":
                folder.IsReadOnly = true;
                break;
            case "READ-WRITE":
                folder.IsReadOnly = false;
                break;
            case "PERMANENTFLAGS":
                var cursor = new ImapCursor(Encoding.UTF8.GetBytes(reply.Arguments), [], 0);
                var flags = ImapFlags.Read(ref cursor, limits.MaxKeywords);
                folder.CanCreateKeywords = flags.Has("\\*");
                folder.PermanentFlags = flags with { Keywords = [.. flags.Keywords.Where(word => word != "\\*")] };
                break;
            case "CLOSED":
                // What came until now was about the folder before (RFC 7162, section 3.2.11).
                folder.Exists = 0;
                break;
        }
    }

    private void Vanish(ImapFolder folder, ImapResponse response)
    {
        var cursor = response.Cursor();
        var isEarlier = cursor.Take('(');
        if (isEarlier)
        {
            while (!cursor.AtEnd && !cursor.Take(')'))
            {
                if (cursor.Atom().Length == 0)
                    cursor.SkipValue();
            }
        }
        cursor.SkipSpaces();
        var gone = UidSet.Parse(cursor.Rest, limits.MaxUidRanges);
        if (isEarlier)
        {
            folder.Vanished = folder.Vanished.Union(gone);
            return;
        }
        folder.Exists -= (uint)Math.Min(folder.Exists, gone.Count);
        Changes |= ImapChanges.Expunged;
    }

    private void Take(ReadOnlySpan<byte> words) => (Capabilities, CapabilitiesCame) = (ImapCapabilities.Parse(words), true);

    private static ulong Number(ImapReply reply) =>
        ulong.TryParse(reply.Arguments, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
