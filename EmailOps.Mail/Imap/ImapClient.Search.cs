namespace EmailOps.Mail.Imap;

public sealed partial class ImapClient
{
    private bool _refusesESearch;

    /// <summary>
    /// UIDs of the messages looked for. <c>UID n:*</c> gives the last message even where its UID is below n (RFC 3501, section 6.4.8, by way of the
    /// range's order); such are left out here.
    /// </summary>
    public async Task<UidSet> SearchAsync(ImapSearch? search = null, CancellationToken cancel = default)
    {
        using var turn = _session.Enter();
        search ??= ImapSearch.All;
        var found = UidSet.Empty;
        var numbers = new List<(uint, uint)>();
        if (Capabilities.ESearch && !_refusesESearch)
        {
            var reply = await _session.TryAsync(Command(search, "RETURN (ALL)"), Take, cancel);
            // A refused RETURN is asked again without; a refused search is refused again.
            _refusesESearch = reply.Status == ImapStatus.Bad;
            if (reply.Status == ImapStatus.Ok)
                return Result();
            if (reply.Status == ImapStatus.No)
                throw new ImapCommandException("UID SEARCH", reply);
        }
        await _session.RunAsync(Command(search, null), Take, cancel);
        return Result();

        void Take(ImapResponse response)
        {
            if (response.Word == ImapWord.Search)
                ImapAnswers.ReadSearch(response.Cursor(), numbers);
            else if (response.Word == ImapWord.ESearch)
                found = found.Union(ImapAnswers.ReadESearch(response.Cursor(), _limits.MaxUidRanges));
        }

        UidSet Result()
        {
            var all = numbers.Count > 0 ? found.Union(UidSet.FromRanges(numbers)) : found;
            return search.FromUid > 1 ? all.From(search.FromUid) : all;
        }
    }

    private static ImapCommand Command(ImapSearch search, string? options)
    {
        var command = new ImapCommand("UID SEARCH");
        if (options is not null)
            command.Raw(options);
        if (search.NeedsUtf8)
            command.Raw("CHARSET UTF-8");
        search.Write(command);
        return command;
    }
}
