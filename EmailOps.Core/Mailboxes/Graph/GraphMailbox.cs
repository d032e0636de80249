using System.Runtime.CompilerServices;
using System.Text.Json;
using EmailOps.Core.Mailboxes.Remote;

namespace EmailOps.Core.Mailboxes.Graph;

/// <summary>
/// One visit to a mailbox by Graph. Folders are followed with delta queries, whose links are the cursor; mails come as MIME (<c>$value</c>) and leave as MIME, so that
/// Message-ID and References stay ours. Ids are immutable ones: moving a mail does not make it another.
/// </summary>
internal sealed class GraphMailbox(GraphClient client, RemoteCalls calls, string address, RemoteLimits limits, GraphPace pace) : IRemoteMailbox
{
    /// <summary>Ids of a page when a folder is listed: Graph's limit.</summary>
    private const int Listed = 1000;
    private readonly string _user = $"users/{Uri.EscapeDataString(address)}";

    public long BytesRead => calls.BytesRead;
    public string Server => client.Options.Graph.Authority;

    public Task<RemoteFolder?> OpenAsync(string name, CancellationToken cancel) => Said(() => new GraphFolders(client, _user).FindAsync(name, cancel));

    public async IAsyncEnumerable<RemoteChanges> ChangesAsync(RemoteFolder folder, string? cursor, [EnumeratorCancellation] CancellationToken cancel)
    {
        var path = cursor ?? $"{_user}/mailFolders/{Uri.EscapeDataString(folder.Id)}/messages/delta?$select=id";
        for (var pages = 1; ; pages++)
        {
            var (changes, next) = await Said(() => ChangesAsync(path, cancel));
            yield return changes;
            if (next is null) yield break;
            if (next == path || pages > GraphClient.MostPages) throw new RemoteException(RemoteFailure.Unreachable, "Microsoft Graph gives pages without an end.");
            path = next;
        }
    }

    /// <returns>The page, and the link to the next; null after the last.</returns>
    private async Task<(RemoteChanges Changes, string? Next)> ChangesAsync(string path, CancellationToken cancel)
    {
        var page = await client.SendAsync(GraphRequest.Get(path, GraphPermission.MailRead, GraphRequest.ImmutableIds, $"odata.maxpagesize={client.Options.PageSize}"), cancel);
        // What went has @removed beside its id.
        string[] ids = [.. GraphClient.Entries(page).Where(e => !e.TryGetProperty("@removed", out _)).Select(Id)];
        var next = client.Link(page, "@odata.nextLink");
        var cursor = next ?? client.Link(page, "@odata.deltaLink") ?? throw new GraphException(GraphFailure.BadAnswer, "A delta query of Microsoft Graph ended without a deltaLink.");
        return (new RemoteChanges(ids, cursor), next);
    }

    public async IAsyncEnumerable<IReadOnlyList<string>> ListAsync(RemoteFolder folder, [EnumeratorCancellation] CancellationToken cancel)
    {
        var pages = client.PagesAsync(GraphRequest.Get($"{_user}/mailFolders/{Uri.EscapeDataString(folder.Id)}/messages?$select=id&$top={Listed}", GraphPermission.MailRead, GraphRequest.ImmutableIds), cancel).GetAsyncEnumerator(cancel);
        await using (pages)
        {
            while (await Said(async () => await pages.MoveNextAsync())) yield return await Said(() => Task.FromResult<IReadOnlyList<string>>([.. GraphClient.Entries(pages.Current).Select(Id)]));
        }
    }

    public async IAsyncEnumerable<RemoteMail> FetchAsync(IReadOnlyList<string> ids, [EnumeratorCancellation] CancellationToken cancel)
    {
        for (var at = 0; at < ids.Count;)
        {
            var some = ids.Skip(at).Take(pace.Now).ToArray();
            at += some.Length;
            var answers = await Task.WhenAll(some.Select(id => TryAsync(id, cancel)));
            foreach (var (mail, _) in answers)
                if (mail is not null) yield return mail;
            // After those that came: who broke is the first that is waited for.
            if (answers.FirstOrDefault(a => a.Failure is not null).Failure is { } failure) throw failure;
        }
    }

    private async Task<(RemoteMail? Mail, RemoteException? Failure)> TryAsync(string id, CancellationToken cancel)
    {
        try
        {
            var raw = await client.BytesAsync(GraphRequest.Get($"{_user}/messages/{Uri.EscapeDataString(id)}/$value", GraphPermission.MailRead, GraphRequest.ImmutableIds) with { MaxBytes = limits.MaxMessageBytes }, cancel);
            pace.Good();
            return (new RemoteMail(id, null, raw, raw.LongLength), null);
        }
        catch (GraphException failure) when (failure.Kind == GraphFailure.NotFound)
        {
            return (new RemoteMail(id, null, null, 0, IsGone: true), null);
        }
        catch (GraphException failure) when (failure.Kind is GraphFailure.Refused)
        {
            return (new RemoteMail(id, null, null, 0, failure.Message), null);
        }
        catch (GraphException failure)
        {
            if (failure.Kind == GraphFailure.Throttled) pace.Throttled();
            return (null, failure.Remote());
        }
        catch (RemoteException large) when ((large.InnerException as LanguageModels.AnswerTooLargeException ?? large.InnerException?.InnerException as LanguageModels.AnswerTooLargeException) is not null)
        {
            return await CutAsync(id, cancel);
        }
        catch (RemoteException failure)
        {
            return (null, failure);
        }
    }

    /// <summary>Longer than a mail may be: its header stands for its beginning.</summary>
    private async Task<(RemoteMail? Mail, RemoteException? Failure)> CutAsync(string id, CancellationToken cancel)
    {
        try
        {
            var head = await HeadAsync(id, cancel);
            return (head with { Size = Math.Max(head.Size, limits.MaxMessageBytes + 1), IsCut = true }, null);
        }
        catch (RemoteException failure)
        {
            return (null, failure);
        }
    }

    public Task<RemoteMail> HeadAsync(string id, CancellationToken cancel) => Said(async () =>
    {
        try
        {
            return GraphHead.Read(id, await client.SendAsync(GraphRequest.Get($"{_user}/messages/{Uri.EscapeDataString(id)}?{GraphHead.Query}", GraphPermission.MailRead, GraphRequest.ImmutableIds), cancel));
        }
        catch (GraphException gone) when (gone.Kind == GraphFailure.NotFound)
        {
            return new RemoteMail(id, null, null, 0, IsGone: true);
        }
    });

    public async Task MarkSeenAsync(IReadOnlyList<string> ids, CancellationToken cancel)
    {
        var categories = await CategoriesAsync(ids, cancel);
        await BatchAsync([.. ids.Select(id => Change(id, categories.TryGetValue(id, out var all) ? new { isRead = true, categories = all } : (object)new { isRead = true }))], cancel);
    }

    public async Task MoveAsync(RemoteFolder from, IReadOnlyList<string> ids, string to, CancellationToken cancel)
    {
        var target = await OpenAsync(to, cancel) ?? throw new RemoteException(RemoteFailure.Refused, $"The mailbox has no folder {to}. Make it, or name another in the mailbox's settings.");
        // Before it is moved: what was moved and not categorised would not be found again.
        var categories = await CategoriesAsync(ids, cancel);
        if (categories.Count > 0) await BatchAsync([.. categories.Select(c => Change(c.Key, new { categories = c.Value }))], cancel);
        await BatchAsync([.. ids.Select(id => Keep(GraphRequest.Post($"{_user}/messages/{Uri.EscapeDataString(id)}/move", new { destinationId = target.Id }, GraphPermission.MailReadWrite)))], cancel);
    }

    /// <summary>The categories that mails shall have: ours beside those that people gave them, since Graph takes only all at once. Nothing where none is wanted, or it is there.</summary>
    private async Task<Dictionary<string, string[]>> CategoriesAsync(IReadOnlyList<string> ids, CancellationToken cancel)
    {
        var wanted = new Dictionary<string, string[]>(StringComparer.Ordinal);
        if (client.Options.Category is not { Length: > 0 } category) return wanted;
        await BatchAsync([.. ids.Select(id => Keep(GraphRequest.Get($"{_user}/messages/{Uri.EscapeDataString(id)}?$select=categories", GraphPermission.MailRead)))], cancel, (at, body) =>
        {
            string[] had = body.TryGetProperty("categories", out var list) && list.ValueKind == JsonValueKind.Array ? [.. list.EnumerateArray().Where(c => c.ValueKind == JsonValueKind.String).Select(c => c.GetString()!)] : [];
            if (!had.Contains(category, StringComparer.OrdinalIgnoreCase)) wanted[ids[at]] = [.. had, category];
        });
        return wanted;
    }

    private GraphRequest Change(string id, object body) => Keep(GraphRequest.Patch($"{_user}/messages/{Uri.EscapeDataString(id)}", body, GraphPermission.MailReadWrite));

    private Task<bool> BatchAsync(GraphRequest[] requests, CancellationToken cancel, Action<int, JsonElement>? answered = null) => Said(async () =>
    {
        foreach (var failure in await GraphBatch.RunAsync(client, requests, cancel, answered))
            if (failure is not null and not { Kind: GraphFailure.NotFound }) throw failure; // what is gone needs nothing
        return true;
    });

    public async Task<RemoteReceipt> SendAsync(RemoteReply reply, CancellationToken cancel)
    {
        try
        {
            await client.SendAsync(new GraphRequest(HttpMethod.Post, $"{_user}/sendMail", GraphPermission.MailSend) { Mime = reply.Raw, IsOnce = true }, cancel);
            return new RemoteReceipt("202 Accepted by Microsoft Graph");
        }
        catch (GraphException failure)
        {
            throw failure.Remote(isSending: true);
        }
    }

    /// <summary>Drafts do not count: what Exchange took is in another folder.</summary>
    public Task<bool> WasSentAsync(RemoteReply reply, CancellationToken cancel) => Said(async () =>
    {
        var id = reply.InternetMessageId is ['<', ..] ? reply.InternetMessageId : $"<{reply.InternetMessageId}>";
        var filter = Uri.EscapeDataString($"internetMessageId eq '{id.Replace("'", "''", StringComparison.Ordinal)}'");
        await foreach (var mail in client.ListAsync(GraphRequest.Get($"{_user}/messages?$filter={filter}&$select=id,isDraft,internetMessageId", GraphPermission.MailRead), cancel))
            if (mail.TryGetProperty("isDraft", out var draft) && draft.ValueKind == JsonValueKind.False) return true;
        return false;
    });

    private static GraphRequest Keep(GraphRequest request) => request with { Prefer = [GraphRequest.ImmutableIds] };

    private static string Id(JsonElement entry) => entry.TryGetProperty("id", out var id) && id.ValueKind == JsonValueKind.String && id.GetString() is { Length: > 0 and < 2000 } text
        ? text : throw new GraphException(GraphFailure.BadAnswer, "A message of Microsoft Graph has no id.");

    /// <summary>Graph's failures in the words of mailboxes.</summary>
    private async Task<T> Said<T>(Func<Task<T>> ask)
    {
        try
        {
            return await ask();
        }
        catch (GraphException failure)
        {
            if (failure.Kind == GraphFailure.Throttled) pace.Throttled();
            throw failure.Remote();
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
