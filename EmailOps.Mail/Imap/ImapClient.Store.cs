namespace EmailOps.Mail.Imap;

/// <summary>What happens to a message's flags.</summary>
public enum ImapStoreMode
{
    Add,
    Remove,
    Replace,
}

/// <summary>Where copied messages went, where the server says so (UIDPLUS): the n-th of one set became the n-th of the other.</summary>
/// <param name="IsSourceRemoved">False after a copy, and after a move on a server that cannot remove single messages: there they are marked \Deleted.</param>
public sealed record ImapCopyResult(uint UidValidity, UidSet Source, UidSet Destination, bool IsSourceRemoved);

/// <summary>What became of an appended message: UIDVALIDITY of the folder and its UID there; both 0 where the server does not say.</summary>
public readonly record struct ImapAppendResult(uint UidValidity, uint Uid);

public sealed partial class ImapClient
{
    private const int StoreWindow = 1_000;

    /// <summary>Changes flags, silently.</summary>
    /// <param name="unchangedSince">Leaves messages alone that changed after this count (RFC 7162, section 3.1.3); needs CONDSTORE.</param>
    /// <returns>Those left alone.</returns>
    public async Task<UidSet> StoreAsync(UidSet uids, ImapStoreMode mode, ImapFlags flags, ulong unchangedSince = 0, CancellationToken cancel = default)
    {
        using var turn = _session.Enter();
        var left = UidSet.Empty;
        foreach (var window in uids.Windows(StoreWindow))
            left = left.Union(await StoreWindowAsync(window, mode, flags, unchangedSince, cancel));
        return left;
    }

    /// <summary>Copies messages into a folder.</summary>
    /// <exception cref="ImapCommandException">TRYCREATE: there is no such folder.</exception>
    public async Task<ImapCopyResult> CopyAsync(UidSet uids, string folder, CancellationToken cancel = default)
    {
        using var turn = _session.Enter();
        return await TransferAsync("UID COPY", uids, folder, cancel);
    }

    /// <summary>Moves messages (RFC 6851), or copies and removes them where the server has no MOVE. Only these are removed, never what others marked.</summary>
    /// <exception cref="ImapCommandException">TRYCREATE: there is no such folder.</exception>
    public async Task<ImapCopyResult> MoveAsync(UidSet uids, string folder, CancellationToken cancel = default)
    {
        using var turn = _session.Enter();
        if (Capabilities.Move)
            return await TransferAsync("UID MOVE", uids, folder, cancel) with { IsSourceRemoved = true };
        var copied = await TransferAsync("UID COPY", uids, folder, cancel);
        return copied with { IsSourceRemoved = await RemoveAsync(uids, cancel) };
    }

    /// <summary>Removes messages for good.</summary>
    /// <returns>False where the server cannot remove single messages: they are marked \Deleted, and somebody else's EXPUNGE removes them.</returns>
    public async Task<bool> DeleteAsync(UidSet uids, CancellationToken cancel = default)
    {
        using var turn = _session.Enter();
        return await RemoveAsync(uids, cancel);
    }

    /// <summary>Puts a message into a folder.</summary>
    /// <exception cref="ImapCommandException">TRYCREATE: there is no such folder; OVERQUOTA, TOOBIG: no room.</exception>
    public async Task<ImapAppendResult> AppendAsync(string folder, ReadOnlyMemory<byte> message, ImapFlags flags = default, DateTimeOffset? internalDate = null, CancellationToken cancel = default)
    {
        using var turn = _session.Enter();
        var command = new ImapCommand("APPEND").Folder(Wire(folder));
        if (flags.Words().Any())
            command.Flags(flags);
        if (internalDate is { } date)
            command.Raw($"\"{ImapDate.Write(date)}\"");
        var reply = await _session.RunAsync(command.Literal(message), null, cancel);
        return reply.Code == "APPENDUID" && reply.Arguments.Split(' ') is [var validity, var uid] && uint.TryParse(validity, out var known) && uint.TryParse(uid, out var number)
            ? new ImapAppendResult(known, number)
            : default;
    }

    private async Task<UidSet> StoreWindowAsync(UidSet uids, ImapStoreMode mode, ImapFlags flags, ulong unchangedSince, CancellationToken cancel)
    {
        var command = new ImapCommand("UID STORE").Raw(uids.ToString());
        if (unchangedSince > 0)
            command.Raw($"(UNCHANGEDSINCE {unchangedSince})");
        command.Raw(mode switch { ImapStoreMode.Add => "+FLAGS.SILENT", ImapStoreMode.Remove => "-FLAGS.SILENT", _ => "FLAGS.SILENT" }).Flags(flags);
        _session.State.ExpectsFetch = true;
        try
        {
            var reply = await _session.TryAsync(command, null, cancel);
            // Also a NO may say which were left alone and mean that the others were done (RFC 7162, section 3.1.3, example 7).
            if (reply.Code == "MODIFIED")
                return UidSet.Parse(reply.Arguments);
            return reply.Status == ImapStatus.Ok ? UidSet.Empty : throw new ImapCommandException(command.Word, reply);
        }
        finally
        {
            _session.State.ExpectsFetch = false;
        }
    }

    private async Task<ImapCopyResult> TransferAsync(string word, UidSet uids, string folder, CancellationToken cancel)
    {
        var result = new ImapCopyResult(0, UidSet.Empty, UidSet.Empty, false);
        foreach (var window in uids.Windows(StoreWindow))
        {
            _session.State.CopyUid = null;
            await _session.RunAsync(new ImapCommand(word).Raw(window.ToString()).Folder(Wire(folder)), null, cancel);
            if (_session.State.CopyUid?.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var validity, var source, var destination] && uint.TryParse(validity, out var number))
                result = result with { UidValidity = number, Source = result.Source.Union(UidSet.Parse(source)), Destination = result.Destination.Union(UidSet.Parse(destination)) };
        }
        return result;
    }

    private async Task<bool> RemoveAsync(UidSet uids, CancellationToken cancel)
    {
        foreach (var window in uids.Windows(StoreWindow))
        {
            await StoreWindowAsync(window, ImapStoreMode.Add, new ImapFlags(ImapSystemFlags.Deleted), 0, cancel);
            // EXPUNGE without UIDs would remove what other people marked.
            if (Capabilities.UidPlus)
                await _session.RunAsync(new ImapCommand("UID EXPUNGE").Raw(window.ToString()), null, cancel);
        }
        return Capabilities.UidPlus;
    }
}
