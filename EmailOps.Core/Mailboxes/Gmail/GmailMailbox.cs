using System.Runtime.CompilerServices;
using System.Text.Json;
using EmailOps.Core.Mailboxes.Remote;

namespace EmailOps.Core.Mailboxes.Gmail;

/// <summary>
/// One visit to a Gmail mailbox. Folders are labels. What is new is asked for by history id (history.list); without one, or when Google no longer knows it, the
/// label is listed whole. The history id is taken before the list, so that what comes meanwhile is in the next look.
/// </summary>
internal sealed class GmailMailbox(GmailCalls calls, RemotePace pace, RemoteLimits limits) : IRemoteMailbox
{
    private const int PageSize = 500;
    /// <summary>Ids that one batchModify takes.</summary>
    private const int MostModified = 1000;
    /// <summary>Pages of one list: 50 million mails. Guards against a list without an end.</summary>
    private const int MostPages = 100_000;
    private Dictionary<string, RemoteFolder>? _labels;

    public long BytesRead => calls.BytesRead;
    public string Server => calls.Server;

    public async Task<RemoteFolder?> OpenAsync(string name, CancellationToken cancel)
    {
        if (await LabelAsync(name, cancel) is not { } label) return null;
        try
        {
            return label with { Count = await calls.GetAsync("label", $"labels/{Uri.EscapeDataString(label.Id)}", r => r.TryGetProperty("messagesTotal", out var count) && count.TryGetInt64(out var total) ? total : (long?)null, cancel) };
        }
        catch (RemoteException gone) when (gone.Failure == RemoteFailure.NotFound)
        {
            _labels = null;
            return null;
        }
    }

    /// <summary>By name, in any case, as people write it: a label "Web/Shop" as well as INBOX.</summary>
    private async Task<RemoteFolder?> LabelAsync(string name, CancellationToken cancel)
    {
        if (_labels?.GetValueOrDefault(name) is { } known) return known;
        _labels = (await calls.GetAsync("labels", "labels", r => GmailJson.List(r, "labels").Select(l => (Id: GmailJson.Text(l, "id"), Name: GmailJson.Text(l, "name")))
            .Where(l => l is { Id.Length: > 0 and <= 200, Name.Length: > 0 }).Select(l => new RemoteFolder(l.Id!, l.Name!, null)).ToArray(), cancel)).DistinctBy(l => l.Name, StringComparer.OrdinalIgnoreCase).ToDictionary(l => l.Name, StringComparer.OrdinalIgnoreCase);
        return _labels.GetValueOrDefault(name);
    }

    public IAsyncEnumerable<RemoteChanges> ChangesAsync(RemoteFolder folder, string? cursor, CancellationToken cancel) => cursor is null ? AllAsync(folder, cancel) : SinceAsync(folder, cursor, cancel);

    private async IAsyncEnumerable<RemoteChanges> AllAsync(RemoteFolder folder, [EnumeratorCancellation] CancellationToken cancel)
    {
        var now = await calls.GetAsync("profile", "profile", r => GmailJson.Number(r, "historyId"), cancel) ?? throw GmailErrors.NoAnswer();
        await foreach (var page in ListAsync(folder, cancel)) yield return new RemoteChanges(page, null);
        yield return new RemoteChanges([], now);
    }

    private async IAsyncEnumerable<RemoteChanges> SinceAsync(RemoteFolder folder, string cursor, [EnumeratorCancellation] CancellationToken cancel)
    {
        string? page = null;
        for (var pages = 0; pages < MostPages; pages++)
        {
            var (ids, next, history) = await HistoryAsync(folder, cursor, page, cancel);
            // Only the whole answer stands for its history id.
            yield return new RemoteChanges(ids, next is null ? history : null);
            if ((page = next) is null) yield break;
        }
        throw GmailErrors.NoAnswer();
    }

    private async Task<(IReadOnlyList<string> Ids, string? Next, string? History)> HistoryAsync(RemoteFolder folder, string cursor, string? page, CancellationToken cancel)
    {
        var path = $"history?startHistoryId={Uri.EscapeDataString(cursor)}&labelId={Uri.EscapeDataString(folder.Id)}&historyTypes=messageAdded&historyTypes=labelAdded&maxResults={PageSize}{Page(page)}";
        try
        {
            return await calls.GetAsync("history", path, r => ((IReadOnlyList<string>)[.. GmailJson.List(r, "history").SelectMany(h => Added(h, folder.Id))], GmailJson.Text(r, "nextPageToken"), GmailJson.Number(r, "historyId")), cancel);
        }
        catch (RemoteException lost) when (lost.Failure == RemoteFailure.NotFound)
        {
            throw new RemoteException(RemoteFailure.CursorLost, "Gmail no longer knows this history id.", lost);
        }
    }

    /// <summary>Mails that came, and mails that were put under the label: a filter, or a person, moved them here.</summary>
    private static IEnumerable<string> Added(JsonElement history, string label)
        => GmailJson.List(history, "messagesAdded").Select(a => GmailJson.Id(a.GetProperty("message")))
            .Concat(GmailJson.List(history, "labelsAdded").Where(a => GmailJson.List(a, "labelIds").Any(l => l.ValueKind == JsonValueKind.String && l.ValueEquals(label))).Select(a => GmailJson.Id(a.GetProperty("message"))));

    public async IAsyncEnumerable<IReadOnlyList<string>> ListAsync(RemoteFolder folder, [EnumeratorCancellation] CancellationToken cancel)
    {
        string? page = null;
        for (var pages = 0; pages < MostPages; pages++)
        {
            var (ids, next) = await calls.GetAsync("list", $"messages?labelIds={Uri.EscapeDataString(folder.Id)}&includeSpamTrash=true&maxResults={PageSize}{Page(page)}",
                r => ((IReadOnlyList<string>)[.. GmailJson.List(r, "messages").Select(m => GmailJson.Id(m))], GmailJson.Text(r, "nextPageToken")), cancel);
            yield return ids;
            if ((page = next) is null) yield break;
        }
        throw GmailErrors.NoAnswer();
    }

    private static string Page(string? page) => page is null ? "" : $"&pageToken={Uri.EscapeDataString(page)}";

    public IAsyncEnumerable<RemoteMail> FetchAsync(IReadOnlyList<string> ids, CancellationToken cancel) => new GmailFetch(calls, pace, limits).RunAsync(ids, cancel);

    public async Task<RemoteMail> HeadAsync(string id, CancellationToken cancel)
    {
        try
        {
            return await calls.GetAsync("head", $"messages/{id}?format=metadata", GmailJson.Head, cancel);
        }
        catch (RemoteException gone) when (gone.Failure == RemoteFailure.NotFound)
        {
            return new RemoteMail(id, null, null, 0, IsGone: true);
        }
    }

    public Task MarkSeenAsync(IReadOnlyList<string> ids, CancellationToken cancel) => ModifyAsync(ids, [], ["UNREAD"], cancel);

    public async Task MoveAsync(RemoteFolder from, IReadOnlyList<string> ids, string to, CancellationToken cancel)
    {
        if (await LabelAsync(to, cancel) is not { } label) throw new RemoteException(RemoteFailure.Refused, $"There is no label {to}.");
        await ModifyAsync(ids, [label.Id], [from.Id], cancel);
    }

    private async Task ModifyAsync(IReadOnlyList<string> ids, string[] add, string[] remove, CancellationToken cancel)
    {
        foreach (var some in ids.Chunk(MostModified))
            await calls.PostAsync("modify", "messages/batchModify", JsonSerializer.SerializeToUtf8Bytes(new { ids = some, addLabelIds = add, removeLabelIds = remove }), _ => true, cancel);
    }

    public Task<RemoteReceipt> SendAsync(RemoteReply reply, CancellationToken cancel) => new GmailSending(calls).SendAsync(reply, cancel);

    public Task<bool> WasSentAsync(RemoteReply reply, CancellationToken cancel) => new GmailSending(calls).WasSentAsync(reply, cancel);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
