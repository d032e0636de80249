using System.Text;
using System.Text.RegularExpressions;

namespace EmailOps.Tests.Gmail.StandIn;

internal sealed record StandInMessage(string Id, string ThreadId, byte[] Raw, HashSet<string> Labels, DateTimeOffset At)
{
    public string Head => Encoding.UTF8.GetString(Raw).Split("\r\n\r\n", 2)[0].Replace("\r\n ", " ", StringComparison.Ordinal);

    public IEnumerable<(string Name, string Value)> Headers => Head.Split("\r\n").Select(l => l.Split(": ", 2)).Where(l => l.Length == 2).Select(l => (l[0], l[1]));

    public string? Header(string name) => Headers.FirstOrDefault(h => h.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;
}

/// <summary>What happened to a mailbox, by history id.</summary>
internal sealed record StandInHistory(ulong Id, StandInMessage Message, bool IsAdded, string[] LabelsAdded);

/// <summary>The mailbox behind the stand-in: messages under labels, and the history of both.</summary>
internal sealed partial class StandInAccount(string address)
{
    private readonly Lock _lock = new();
    private readonly List<StandInMessage> _messages = [];
    private readonly List<StandInHistory> _history = [];
    private ulong _historyId = 1000;
    private int _next = 0x19a0;

    public string Address => address;
    public Dictionary<string, string> Labels { get; } = new() { ["INBOX"] = "INBOX", ["SENT"] = "SENT", ["UNREAD"] = "UNREAD", ["SPAM"] = "SPAM" };
    public ulong HistoryId => _historyId;
    /// <summary>Older ids are answered with 404, as Google does after a week or so.</summary>
    public ulong OldestHistory { get; set; }
    /// <summary>What Google's API does to a Message-ID that somebody sends: its own takes its place.</summary>
    public bool ReplacesMessageIds { get; set; }
    public IReadOnlyList<StandInMessage> Messages
    {
        get
        {
            lock (_lock) return [.. _messages];
        }
    }

    public IReadOnlyList<StandInMessage> Sent => [.. Messages.Where(m => m.Labels.Contains("SENT"))];

    public StandInMessage Deliver(string raw, params string[] labels) => Add(Encoding.UTF8.GetBytes(raw), null, labels.Length == 0 ? ["INBOX", "UNREAD"] : labels);

    public StandInMessage Send(byte[] raw, string? thread)
    {
        if (ReplacesMessageIds)
            raw = Encoding.Latin1.GetBytes(MessageId().Replace(Encoding.Latin1.GetString(raw), m => $"Message-ID: <CA{_next}@mail.gmail.com>\r\nX-Google-Original-Message-ID: {m.Groups[1].Value}", 1));
        return Add(raw, thread, ["SENT"]);
    }

    public bool HasThread(string thread) => Messages.Any(m => m.ThreadId == thread);

    private StandInMessage Add(byte[] raw, string? thread, string[] labels)
    {
        lock (_lock)
        {
            var id = $"{_next++:x}c0ffee";
            var message = new StandInMessage(id, thread ?? id, raw, [.. labels], TimeProvider.System.GetUtcNow());
            _messages.Add(message);
            _history.Add(new StandInHistory(_historyId += 7, message, true, []));
            return message;
        }
    }

    public void Delete(string id)
    {
        lock (_lock) _messages.RemoveAll(m => m.Id == id);
        _historyId += 7;
    }

    public void Modify(IEnumerable<string> ids, string[] add, string[] remove)
    {
        lock (_lock)
        {
            foreach (var message in _messages.Where(m => ids.Contains(m.Id)))
            {
                var added = add.Where(message.Labels.Add).ToArray();
                message.Labels.ExceptWith(remove);
                if (added.Length > 0) _history.Add(new StandInHistory(_historyId += 7, message, false, added));
            }
        }
    }

    /// <returns>Null when the id is too old.</returns>
    public IReadOnlyList<StandInHistory>? Since(ulong id, string label)
    {
        lock (_lock) return id < OldestHistory ? null : [.. _history.Where(h => h.Id > id && (h.Message.Labels.Contains(label) || h.LabelsAdded.Contains(label)))];
    }

    /// <summary>Of Google's search: rfc822msgid:, to:, after:.</summary>
    public IEnumerable<StandInMessage> Search(string? query, string[] labels) => Messages.Reverse().Where(m => labels.All(m.Labels.Contains) && (query ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries).All(term => term.Split(':', 2) switch
    {
        ["rfc822msgid", var id] => m.Header("Message-ID")?.Trim('<', '>') == id,
        ["to", var to] => m.Header("To")?.Contains(to, StringComparison.OrdinalIgnoreCase) == true,
        ["after", var seconds] => m.At.ToUnixTimeSeconds() > long.Parse(seconds, System.Globalization.CultureInfo.InvariantCulture),
        _ => false,
    }));

    [GeneratedRegex(@"^Message-ID:[ \r\n]+(<[^>]+>)", RegexOptions.Multiline | RegexOptions.IgnoreCase)]
    private static partial Regex MessageId();
}
