using System.Globalization;

namespace EmailOps.Mail.Imap;

/// <summary>
/// Fetches a set of messages with several commands under way. What goes wrong with one message stays with it: a refused window is asked again in
/// halves until the one that the server cannot give stands alone.
/// </summary>
internal sealed class ImapFetchRun(ImapSession session, ImapLimits limits, ImapFetch fetch, UidSet uids)
{
    /// <summary>So many refusals of single messages in a row are a server out of order, not bad messages.</summary>
    private const int MaxRefusalsInARow = 10;

    private const int MaxHalves = 1_000;

    private readonly Queue<ImapFetchWindow> _underWay = [];
    private readonly Stack<UidSet> _again = [];
    private readonly Dictionary<uint, ImapFetchData> _halves = [];
    private readonly ImapFetchData _data = new();
    private readonly IEnumerator<UidSet> _windows = uids.Windows(Math.Max(limits.FetchWindow, 1)).GetEnumerator();
    private readonly int _most = Math.Clamp(fetch.MaxMessageBytes ?? limits.MaxMessageBytes, 1, limits.MaxMessageBytes);
    private int _refusals;
    private bool _expunged;
    private bool _isAlone;

    /// <summary>The server cannot give parts of a message; then whole ones are asked for and the excess is read past.</summary>
    public bool RefusesParts { get; set; }

    public bool IsUnderWay => _underWay.Count > 0;

    /// <summary>The next message, or null at the end.</summary>
    public async ValueTask<ImapMessage?> NextAsync(CancellationToken cancel)
    {
        while (true)
        {
            await SendAsync(cancel);
            if (_underWay.Count == 0)
                return null;
            var response = await session.ReadAsync(null, cancel);
            if (response.Tag > 0)
            {
                if (End(response) is { } refused)
                    return refused;
            }
            else if (response.Word == ImapWord.Fetch && _data.Fill(response, limits))
            {
                if (Accept() is { } message)
                    return message;
            }
            else if (response.Word is ImapWord.Expunge or ImapWord.Vanished)
            {
                // Numbers of later messages moved: half an answer can no longer be told apart.
                Forget();
                _expunged = true;
            }
        }
    }

    /// <summary>Reads past what is still to come, so that the connection can be used for something else.</summary>
    public async Task DrainAsync(CancellationToken cancel)
    {
        session.Reader.MaxContent = session.Reader.HeadBytes = 0;
        while (_underWay.Count > 0)
        {
            var response = await session.ReadAsync(null, cancel);
            if (response.Tag > 0 && session.Finish(response) is var _)
                Remove(response.Tag);
        }
        Forget();
    }

    private async ValueTask SendAsync(CancellationToken cancel)
    {
        while (_underWay.Count < (fetch.OneAtATime ? 1 : Math.Max(limits.FetchesInFlight, 1)))
        {
            UidSet window;
            // A message that is asked for again goes alone over the line, so that an answer without a UID can only be about it.
            if (_underWay.Count > 0 && (_isAlone || _again is { Count: > 0 } && _again.Peek().Count == 1))
                return;
            _isAlone = _again.Count > 0 && _again.Peek().Count == 1;
            if (_again.Count > 0)
                window = _again.Pop();
            else if (_windows.MoveNext())
                window = _windows.Current;
            else
                return;
            var command = new ImapCommand("UID FETCH").Raw(window.ToString()).Raw(Items());
            if (fetch.ChangedSince > 0)
                command.Raw($"(CHANGEDSINCE {fetch.ChangedSince})");
            _underWay.Enqueue(new ImapFetchWindow(window, await session.SendAsync(command, cancel)));
        }
    }

    private string Items()
    {
        var modSeq = session.State.Capabilities.CondStore && session.State.Folder is { HighestModSeq: > 0 } ? " MODSEQ" : "";
        var content = fetch.Content switch
        {
            ImapFetchContent.None => "",
            ImapFetchContent.Header => " BODY.PEEK[HEADER]",
            // One byte more than the limit tells a message of exactly that length from a longer one.
            _ => RefusesParts || _most == int.MaxValue ? " BODY.PEEK[]" : string.Create(CultureInfo.InvariantCulture, $" BODY.PEEK[]<0.{_most + 1}>"),
        };
        return $"(UID FLAGS INTERNALDATE RFC822.SIZE{modSeq}{content})";
    }

    private ImapMessage? Accept()
    {
        var data = _data;
        if (_halves.Count > 0 && _halves.Remove(data.Sequence, out var earlier))
            data.Merge(earlier);
        var isWhole = fetch.Content == ImapFetchContent.None || data.Content is not null || data.IsNil;
        if (data.Uid == 0 && isWhole && _underWay.Count == 1 && _underWay.Peek() is { Uids: { Count: 1 } only })
            data.Uid = only.Last;
        if (data.Uid == 0 || !isWhole)
        {
            if (_halves.Count < MaxHalves && (data.Content is not null || data.Uid > 0))
                _halves[data.Sequence] = data.Copy();
            else
                data.Release();
            return null;
        }
        foreach (var window in _underWay)
        {
            if (window.Accept(data.Uid))
            {
                _refusals = 0;
                return Message(data);
            }
        }
        data.Release();
        return null;
    }

    private ImapMessage Message(ImapFetchData data)
    {
        var content = data.Content;
        if (content is null)
            return new ImapMessage(data, null, data.Size, false, data.IsNil && fetch.Content != ImapFetchContent.None ? "The server has no content for this message." : null);
        var isCut = content.Announced > _most || content.Announced > content.Length;
        if (isCut && content.Length > limits.HeadBytes)
            content = Head(content);
        var size = isCut ? Math.Max(data.Size, content.Announced) : fetch.Content == ImapFetchContent.Header ? data.Size : content.Announced;
        return new ImapMessage(data, content, size, isCut, null);
    }

    private ImapContent Head(ImapContent content)
    {
        var head = new ImapContent(content.Memory[..limits.HeadBytes].ToArray(), limits.HeadBytes, content.Announced, isPooled: false);
        content.Release();
        return head;
    }

    /// <summary>The end of a window. Gives a message in place of one that the server cannot give.</summary>
    private ImapMessage? End(ImapResponse response)
    {
        var reply = session.Finish(response);
        if (Remove(response.Tag) is not { } window)
            return null;
        var missing = window.Missing();
        if (reply.Status == ImapStatus.Ok)
        {
            if (window.Uids.Count == 1)
            {
                // iCloud and Exchange say OK and leave the content out where they cannot read a message.
                if (_halves.Values.FirstOrDefault(half => half.Uid > 0 && missing.Contains(half.Uid)) is { } bare)
                    return new ImapMessage(bare, null, bare.Size, false, "The server gives no content for this message.");
            }
            else if (_expunged || _halves.Values.Any(half => half.Uid == 0))
                Again(missing, 1);
            else
                Again(UidSet.Of(_halves.Values.Select(half => half.Uid).Where(missing.Contains)), 1);
            if (_underWay.Count == 0)
                (_, _expunged) = (Forget(), false);
            return null;
        }
        Forget();
        if (reply.Status == ImapStatus.Bad && !RefusesParts && fetch.Content == ImapFetchContent.Whole)
        {
            RefusesParts = true;
            _again.Push(missing);
            return null;
        }
        if (missing.IsEmpty)
            return null;
        var failure = new ImapCommandException("UID FETCH", reply);
        if (failure.IsSyntax || failure.IsTemporary || reply.Code is "THROTTLED" or "OVERQUOTA" || reply.Status != ImapStatus.No)
            throw failure;
        if (window.Uids.Count > 1)
        {
            Again(missing, (int)Math.Min((missing.Count + 1) / 2, limits.FetchWindow));
            return null;
        }
        if (++_refusals > MaxRefusalsInARow)
            throw failure;
        var refused = new ImapFetchData { Uid = missing.Last };
        return new ImapMessage(refused, null, 0, false, $"The server does not give this message: {reply.Text}");
    }

    private void Again(UidSet missing, int size)
    {
        foreach (var part in missing.Windows(size).Reverse())
            _again.Push(part);
    }

    // Commands may end in another order than they were sent; the queue is as short as the commands in flight.
    private ImapFetchWindow? Remove(long tag)
    {
        ImapFetchWindow? found = null;
        for (var i = _underWay.Count; i > 0; i--)
        {
            var window = _underWay.Dequeue();
            if (window.Tag == tag)
                found = window;
            else
                _underWay.Enqueue(window);
        }
        return found;
    }

    private bool Forget()
    {
        foreach (var half in _halves.Values)
            half.Release();
        _halves.Clear();
        return true;
    }
}
