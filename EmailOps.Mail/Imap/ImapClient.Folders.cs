namespace EmailOps.Mail.Imap;

public sealed partial class ImapClient
{
    // Names that do not survive decoding and encoding are sent as the server wrote them.
    private readonly Dictionary<string, string> _wireNames = new(StringComparer.Ordinal);

    /// <summary>Folders, with what they are for where the server says so.</summary>
    /// <param name="pattern"><c>*</c> stands for anything, <c>%</c> for one level.</param>
    public async Task<IReadOnlyList<ImapFolderEntry>> ListAsync(string pattern = "*", CancellationToken cancel = default)
    {
        using var turn = _session.Enter();
        var folders = new List<ImapFolderEntry>();
        var wire = ModifiedUtf7.Encode(pattern);
        if (Capabilities is { SpecialUse: true, ListExtended: true })
        {
            var reply = await _session.TryAsync(new ImapCommand("LIST").Raw("\"\"").String(wire).Raw("RETURN (SPECIAL-USE)"), Take, cancel);
            if (reply.Status == ImapStatus.Ok)
                return folders;
            folders.Clear();
        }
        await _session.RunAsync(new ImapCommand("LIST").Raw("\"\"").String(wire), Take, cancel);
        return folders;

        void Take(ImapResponse response)
        {
            if (response.Word != ImapWord.List || folders.Count >= _limits.MaxFolders || ImapAnswers.ReadList(response.Cursor()) is not { } folder)
                return;
            folders.Add(folder);
            if (ModifiedUtf7.Encode(folder.Name) != folder.WireName && _wireNames.Count < _limits.MaxFolders)
                _wireNames[folder.Name] = folder.WireName;
        }
    }

    /// <summary>Opens a folder; the one open before is closed, without removing anything.</summary>
    /// <param name="readOnly">EXAMINE: nothing in the folder changes because of this session, not even \Recent.</param>
    /// <param name="known">Asks for all that changed since; answered where the server has QRESYNC and UIDVALIDITY is the same.</param>
    /// <exception cref="ImapCommandException">There is no such folder, or it cannot be opened; then none is open.</exception>
    public async Task<ImapFolder> SelectAsync(string name, bool readOnly = false, ImapSyncPoint? known = null, CancellationToken cancel = default)
    {
        using var turn = _session.Enter();
        var state = _session.State;
        var resync = known is not null && Capabilities.QResync && await EnableAsync("QRESYNC", cancel);
        var folder = state.Folder = new ImapFolder(name) { IsReadOnly = readOnly };
        var command = new ImapCommand(readOnly ? "EXAMINE" : "SELECT").Folder(Wire(name));
        if (resync)
            command.Raw($"(QRESYNC ({known!.UidValidity} {Math.Max(known.ModSeq, 1)}{(known.KnownUids is { IsEmpty: false } uids ? $" {uids}" : "")}))");
        else if (Capabilities.CondStore)
            command.Raw("(CONDSTORE)");
        state.ExpectsFetch = true;
        try
        {
            var reply = await _session.TryAsync(command, Take, cancel);
            if (reply.Status == ImapStatus.Bad && !resync && Capabilities.CondStore)
                reply = await _session.TryAsync(new ImapCommand(command.Word).Folder(Wire(name)), Take, cancel);
            if (reply.Status != ImapStatus.Ok)
            {
                state.Folder = null;
                throw new ImapCommandException(command.Word, reply);
            }
        }
        finally
        {
            state.ExpectsFetch = false;
        }
        // Where UIDVALIDITY differs the server sends no changes (RFC 7162, section 3.2.5.1): there is nothing to compare with.
        folder.IsResynchronised = resync && folder.UidValidity == known!.UidValidity;
        state.Changes = ImapChanges.None;
        return folder;

        void Take(ImapResponse response)
        {
            if (response.Word == ImapWord.Fetch && ImapFetchData.Read(response, _limits) is { Uid: > 0 } data && folder.ChangedStates.Count < _limits.MaxUidRanges)
                folder.ChangedStates.Add(new ImapFlagState(data.Uid, data.Flags, data.ModSeq));
        }
    }

    /// <summary>Closes the folder and removes nothing (RFC 3691; where the server has no UNSELECT, by opening a folder that does not exist).</summary>
    public async Task UnselectAsync(CancellationToken cancel = default)
    {
        using var turn = _session.Enter();
        if (Capabilities.Unselect)
            await _session.RunAsync(new ImapCommand("UNSELECT"), null, cancel);
        else
            await _session.TryAsync(new ImapCommand("EXAMINE").Folder("no such folder"), null, cancel);
        _session.State.Folder = null;
    }

    /// <summary>Counts of a folder that need not be open.</summary>
    public async Task<ImapFolderStatus> StatusAsync(string name, CancellationToken cancel = default)
    {
        using var turn = _session.Enter();
        ImapFolderStatus? status = null;
        await _session.RunAsync(
            new ImapCommand("STATUS").Folder(Wire(name)).Raw(Capabilities.CondStore ? "(MESSAGES UIDNEXT UIDVALIDITY UNSEEN HIGHESTMODSEQ)" : "(MESSAGES UIDNEXT UIDVALIDITY UNSEEN)"),
            response => status = response.Word == ImapWord.FolderStatus ? ImapAnswers.ReadStatus(response.Cursor()) ?? status : status, cancel);
        return status ?? new ImapFolderStatus();
    }

    public async Task CreateFolderAsync(string name, CancellationToken cancel = default) => await OnFolderAsync("CREATE", name, cancel);

    public async Task DeleteFolderAsync(string name, CancellationToken cancel = default) => await OnFolderAsync("DELETE", name, cancel);

    public async Task SubscribeAsync(string name, CancellationToken cancel = default) => await OnFolderAsync("SUBSCRIBE", name, cancel);

    /// <summary>Where folders live; empty where the server has no NAMESPACE.</summary>
    public async Task<IReadOnlyList<ImapNamespace>> NamespacesAsync(CancellationToken cancel = default)
    {
        using var turn = _session.Enter();
        IReadOnlyList<ImapNamespace> spaces = [];
        if (Capabilities.Namespaces)
            await _session.RunAsync(new ImapCommand("NAMESPACE"), response => spaces = response.Word == ImapWord.Namespace ? ImapAnswers.ReadNamespaces(response.Cursor()) : spaces, cancel);
        return spaces;
    }

    private async Task OnFolderAsync(string word, string name, CancellationToken cancel)
    {
        using var turn = _session.Enter();
        await _session.RunAsync(new ImapCommand(word).Folder(Wire(name)), null, cancel);
    }

    private async Task<bool> EnableAsync(string extension, CancellationToken cancel)
    {
        var enabled = _session.State.Enabled;
        if (!enabled.Contains(extension) && Capabilities.Enable)
            await _session.TryAsync(new ImapCommand("ENABLE").Raw(extension), null, cancel);
        return enabled.Contains(extension);
    }

    private string Wire(string name) => _wireNames.GetValueOrDefault(name) ?? ModifiedUtf7.Encode(name);
}
