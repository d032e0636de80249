using System.Text.Json;
using EmailOps.Core.Mailboxes.Remote;

namespace EmailOps.Core.Mailboxes.Graph;

/// <summary>Folders by the names people see, or by those that mean the same in every language; folders within folders with a slash between.</summary>
internal sealed class GraphFolders(GraphClient client, string user)
{
    /// <summary>Folders of one level that are looked through.</summary>
    private const int Most = 5_000;
    private const string Fields = "$select=id,displayName,totalItemCount";

    /// <summary>What IMAP and people call them, and Graph's well-known names, which do not depend on the mailbox's language.</summary>
    private static readonly Dictionary<string, string> s_wellKnown = new(StringComparer.OrdinalIgnoreCase)
    {
        ["INBOX"] = "inbox", ["Sent"] = "sentitems", ["Sent Items"] = "sentitems", ["Archive"] = "archive", ["Drafts"] = "drafts",
        ["Junk"] = "junkemail", ["Junk Email"] = "junkemail", ["Trash"] = "deleteditems", ["Deleted Items"] = "deleteditems",
    };

    /// <returns>Null when there is none.</returns>
    public async Task<RemoteFolder?> FindAsync(string name, CancellationToken cancel)
    {
        if (s_wellKnown.TryGetValue(name, out var known)) return await KnownAsync(name, known, cancel);
        // A name may have a slash of its own.
        if (await InAsync($"{user}/mailFolders", name, name, cancel) is { } found) return found;
        var parts = name.Split('/');
        if (parts.Length < 2) return null;
        var path = $"{user}/mailFolders";
        RemoteFolder? at = null;
        foreach (var part in parts)
        {
            at = at is null && s_wellKnown.TryGetValue(part, out var first) ? await KnownAsync(part, first, cancel) : await InAsync(path, part, name, cancel);
            if (at is null) return null;
            path = $"{user}/mailFolders/{Uri.EscapeDataString(at.Id)}/childFolders";
        }
        return at! with { Name = name };
    }

    private async Task<RemoteFolder?> KnownAsync(string name, string known, CancellationToken cancel)
    {
        try
        {
            return Read(await client.SendAsync(GraphRequest.Get($"{user}/mailFolders/{known}?{Fields}", GraphPermission.MailRead), cancel), name);
        }
        catch (GraphException none) when (none is { Kind: GraphFailure.NotFound, Code: "ErrorItemNotFound" })
        {
            return null;
        }
    }

    private async Task<RemoteFolder?> InAsync(string path, string part, string name, CancellationToken cancel)
    {
        var seen = 0;
        await foreach (var folder in client.ListAsync(GraphRequest.Get($"{path}?{Fields}&$top=100", GraphPermission.MailRead), cancel))
        {
            if (folder.TryGetProperty("displayName", out var shown) && shown.ValueKind == JsonValueKind.String && part.Equals(shown.GetString(), StringComparison.OrdinalIgnoreCase)) return Read(folder, name);
            if (++seen >= Most) break;
        }
        return null;
    }

    private static RemoteFolder Read(JsonElement folder, string name)
    {
        if (folder.ValueKind != JsonValueKind.Object || !folder.TryGetProperty("id", out var id) || id.GetString() is not { Length: > 0 } text) throw new GraphException(GraphFailure.BadAnswer, "A folder of Microsoft Graph has no id.");
        return new RemoteFolder(text, name, folder.TryGetProperty("totalItemCount", out var count) && count.ValueKind == JsonValueKind.Number && count.TryGetInt64(out var number) ? number : null);
    }
}
