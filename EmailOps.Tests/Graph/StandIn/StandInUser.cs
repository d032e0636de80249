using System.Text;

namespace EmailOps.Tests.Graph.StandIn;

/// <summary>A person of the directory with a mailbox. Everything that happens in a folder is a change with a number, from which delta queries are answered.</summary>
internal sealed class StandInUser(string address, string name)
{
    public static readonly string[] WellKnown = ["inbox", "sentitems", "drafts", "archive", "deleteditems"];
    private readonly Lock _lock = new();
    private readonly Dictionary<string, StandInMail> _mails = [];
    private readonly List<(long Seq, string Folder, string Id, bool Removed)> _changes = [];
    private long _seq;
    private int _ids;

    public string Id { get; } = Guid.NewGuid().ToString();
    public string Address => address;
    public string Name => name;
    /// <summary>False: no licence.</summary>
    public bool HasMailbox { get; set; } = true;
    /// <summary>Counted up, old delta links count no more (410).</summary>
    public int Generation { get; set; } = 1;
    /// <summary>Folders of its own, by id; well-known ones are there anyway.</summary>
    public Dictionary<string, string> Folders { get; } = [];

    public string? FolderId(string idOrName) => WellKnown.Contains(idOrName.ToLowerInvariant()) ? $"AAMk-{idOrName.ToLowerInvariant()}" : WellKnown.Any(w => $"AAMk-{w}" == idOrName) || Folders.ContainsKey(idOrName) ? idOrName : null;

    public StandInMail Deliver(string raw, string folder = "inbox", bool draft = false) => Deliver(Encoding.UTF8.GetBytes(raw.ReplaceLineEndings("\r\n")), folder, draft);

    /// <param name="hidden">No delta query names it: what has happened to Exchange, and what reconciliation is for.</param>
    public StandInMail Deliver(byte[] raw, string folder = "inbox", bool draft = false, bool hidden = false)
    {
        lock (_lock)
        {
            var mail = new StandInMail($"AAkALg-{++_ids:D6}-{Id[..4]}", raw) { Folder = FolderId(folder)!, IsDraft = draft };
            _mails[mail.Id] = mail;
            if (!hidden) Changed(mail, false);
            return mail;
        }
    }

    public void Change(StandInMail mail, Action change)
    {
        lock (_lock)
        {
            change();
            Changed(mail, false);
        }
    }

    /// <summary>Immutable ids stay; others are of the folder, and new in the next.</summary>
    public void Move(StandInMail mail, string folder)
    {
        lock (_lock)
        {
            Changed(mail, true);
            mail.Folder = folder;
            Changed(mail, false);
        }
    }

    public void Delete(StandInMail mail)
    {
        lock (_lock)
        {
            Changed(mail, true);
            _mails.Remove(mail.Id);
        }
    }

    public StandInMail? Mail(string id)
    {
        lock (_lock) return _mails.GetValueOrDefault(id);
    }

    public List<StandInMail> In(string folder)
    {
        lock (_lock) return [.. _mails.Values.Where(m => m.Folder == FolderId(folder)).OrderBy(m => m.Id, StringComparer.Ordinal)];
    }

    public List<StandInMail> All()
    {
        lock (_lock) return [.. _mails.Values];
    }

    /// <summary>One page of what changed in a folder after a number. The first time: of what there is.</summary>
    /// <returns>Ids with whether they went; the number to go on from; whether more follows.</returns>
    public (List<(string Id, bool Removed)> Page, long Next, bool More) Changes(string folder, long after, int size, bool initial)
    {
        lock (_lock)
        {
            var all = _changes.Where(c => c.Folder == folder && c.Seq > after && (!initial || (!c.Removed && _mails.TryGetValue(c.Id, out var m) && m.Folder == folder && m.Seq == c.Seq))).ToList();
            var page = all.Take(size).ToList();
            var more = all.Count > page.Count;
            return ([.. page.Select(c => (c.Id, c.Removed))], more ? page[^1].Seq : _seq, more);
        }
    }

    private void Changed(StandInMail mail, bool removed)
    {
        _changes.Add((++_seq, mail.Folder, mail.Id, removed));
        mail.Seq = _seq;
    }
}

/// <summary>A message in a mailbox.</summary>
internal sealed class StandInMail(string id, byte[] raw)
{
    public string Id => id;
    public byte[] Raw => raw;
    public required string Folder { get; set; }
    public bool IsDraft { get; set; }
    public bool IsRead { get; set; }
    public List<string> Categories { get; set; } = [];
    /// <summary>Number of its last change.</summary>
    public long Seq { get; set; }
    public string Text => Encoding.UTF8.GetString(raw);
    public string InternetMessageId => Header("Message-ID") ?? $"<{id}@standin.example>";
    public DateTimeOffset Received { get; } = TimeProvider.System.GetUtcNow();

    public string? Header(string name)
    {
        var head = Text.Split("\r\n\r\n", 2)[0].Replace("\r\n ", " ", StringComparison.Ordinal).Replace("\r\n\t", " ", StringComparison.Ordinal);
        return head.Split("\r\n").Where(l => l.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase)).Select(l => l[(name.Length + 1)..].Trim()).FirstOrDefault();
    }

    private object[] Headers() => [.. Text.Split("\r\n\r\n", 2)[0].Split("\r\n").Where(l => l.IndexOf(':', StringComparison.Ordinal) > 0 && l[0] is not (' ' or '\t')).Select(l => new { name = l.Split(':')[0], value = l[(l.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim() })];

    public Dictionary<string, object?> View() => new()
    {
        ["@odata.etag"] = $"W/\"{Seq}\"", ["id"] = id, ["changeKey"] = $"{Seq}", ["categories"] = Categories, ["receivedDateTime"] = Received.UtcDateTime, ["sentDateTime"] = Received.UtcDateTime,
        ["subject"] = Header("Subject"), ["internetMessageId"] = InternetMessageId, ["parentFolderId"] = Folder, ["isRead"] = IsRead, ["isDraft"] = IsDraft, ["hasAttachments"] = false,
        ["internetMessageHeaders"] = Headers(), ["singleValueExtendedProperties"] = new[] { new { id = "Integer 0xe08", value = $"{raw.Length}" } },
        ["from"] = new { emailAddress = new { address = Header("From") } },
    };
}
