using System.Buffers.Text;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;

namespace EmailOps.Tests.Gmail.StandIn;

/// <summary>Gmail's REST methods over one account: paths, parameters and bodies as in Google's reference of gmail/v1.</summary>
internal sealed class StandInApi(StandInAccount account)
{
    private const string Root = "/gmail/v1/users/me/";

    /// <summary>Entries on a page, whatever more is asked for; small ones make tests turn pages.</summary>
    public int PageSize { get; set; } = 500;

    public StandInAnswer Get(string pathAndQuery)
    {
        var cut = pathAndQuery.Split('?', 2);
        var query = QueryHelpers.ParseQuery(cut.Length > 1 ? cut[1] : "");
        if (!cut[0].StartsWith(Root, StringComparison.Ordinal)) return StandInAnswer.NotFound;
        return cut[0][Root.Length..].Split('/') switch
        {
            ["profile"] => new(200, new { emailAddress = account.Address, messagesTotal = account.Messages.Count, threadsTotal = 1, historyId = Text(account.HistoryId) }),
            ["labels"] => new(200, new { labels = account.Labels.Select(l => new { id = l.Key, name = l.Value, type = "user" }) }),
            ["labels", var id] => account.Labels.TryGetValue(Uri.UnescapeDataString(id), out var name) ? new(200, new { id, name, messagesTotal = account.Messages.Count(m => m.Labels.Contains(Uri.UnescapeDataString(id))) }) : StandInAnswer.NotFound,
            ["messages"] => List(query),
            ["messages", var id] => Message(id, query),
            ["history"] => History(query),
            _ => StandInAnswer.NotFound,
        };
    }

    private StandInAnswer List(Dictionary<string, Microsoft.Extensions.Primitives.StringValues> query)
    {
        var labels = query.TryGetValue("labelIds", out var ids) ? ids.OfType<string>().ToArray() : [];
        var (page, next) = Page(account.Search(query.TryGetValue("q", out var q) ? q.ToString() : null, labels), query);
        return new(200, Leave(new() { ["messages"] = page.Select(m => new { id = m.Id, threadId = m.ThreadId }), ["nextPageToken"] = next, ["resultSizeEstimate"] = page.Count }));
    }

    private StandInAnswer History(Dictionary<string, Microsoft.Extensions.Primitives.StringValues> query)
    {
        if (account.Since(ulong.Parse(query["startHistoryId"].ToString(), CultureInfo.InvariantCulture), query["labelId"].ToString()) is not { } since) return StandInAnswer.NotFound;
        var (page, next) = Page(since, query);
        return new(200, Leave(new()
        {
            ["history"] = page.Count == 0 ? null : page.Select(h => Leave(new()
            {
                ["id"] = Text(h.Id), ["messages"] = new[] { new { id = h.Message.Id, threadId = h.Message.ThreadId } },
                ["messagesAdded"] = h.IsAdded ? new[] { new { message = new { id = h.Message.Id, threadId = h.Message.ThreadId, labelIds = h.Message.Labels } } } : null,
                ["labelsAdded"] = h.IsAdded ? null : new[] { new { message = new { id = h.Message.Id, threadId = h.Message.ThreadId, labelIds = h.Message.Labels }, labelIds = h.LabelsAdded } },
            })),
            ["nextPageToken"] = next, ["historyId"] = Text(account.HistoryId),
        }));
    }

    private StandInAnswer Message(string id, Dictionary<string, Microsoft.Extensions.Primitives.StringValues> query)
    {
        if (account.Messages.FirstOrDefault(m => m.Id == id) is not { } message) return StandInAnswer.NotFound;
        var body = new Dictionary<string, object?> { ["id"] = message.Id, ["threadId"] = message.ThreadId, ["labelIds"] = message.Labels, ["sizeEstimate"] = message.Raw.Length, ["historyId"] = Text(account.HistoryId), ["internalDate"] = Text((ulong)message.At.ToUnixTimeMilliseconds()) };
        if (query["format"] == "raw") body["raw"] = Base64Url.EncodeToString(message.Raw) + new string('=', (4 - (message.Raw.Length + 2) / 3 * 4 % 4) % 4);
        if (query["format"] == "metadata")
        {
            var wanted = query.TryGetValue("metadataHeaders", out var names) ? names.OfType<string>().ToHashSet(StringComparer.OrdinalIgnoreCase) : null;
            body["payload"] = new { headers = message.Headers.Where(h => wanted is null || wanted.Contains(h.Name)).Select(h => new { name = h.Name, value = h.Value }) };
        }
        return new(200, body);
    }

    public StandInAnswer Modify(JsonElement body)
    {
        string[] List(string name) => [.. body.GetProperty(name).EnumerateArray().Select(e => e.GetString()!)];
        if (List("ids").Length > 1000) return StandInAnswer.Error(400, "invalidArgument", "Too many ids.");
        if (List("addLabelIds").Any(l => !account.Labels.ContainsKey(l))) return StandInAnswer.Error(400, "invalidArgument", "Invalid label.");
        account.Modify(List("ids"), List("addLabelIds"), List("removeLabelIds"));
        return new(204, "");
    }

    public StandInAnswer Send(byte[] raw, string? thread)
    {
        if (thread is not null && !account.HasThread(thread)) return StandInAnswer.NotFound;
        var sent = account.Send(raw, thread);
        return new(200, new { id = sent.Id, threadId = sent.ThreadId, labelIds = sent.Labels });
    }

    private (List<T> Page, string? Next) Page<T>(IEnumerable<T> all, Dictionary<string, Microsoft.Extensions.Primitives.StringValues> query)
    {
        var size = Math.Min(PageSize, query.TryGetValue("maxResults", out var most) ? int.Parse(most.ToString(), CultureInfo.InvariantCulture) : 100);
        var from = query.TryGetValue("pageToken", out var token) ? int.Parse(token.ToString().AsSpan(4), CultureInfo.InvariantCulture) : 0;
        var rest = all.Skip(from).Take(size + 1).ToList();
        return (rest.Take(size).ToList(), rest.Count > size ? $"page{from + size}" : null);
    }

    /// <summary>Google leaves out what is null.</summary>
    private static Dictionary<string, object?> Leave(Dictionary<string, object?> body) => body.Where(p => p.Value is not null).ToDictionary();

    private static string Text(ulong number) => number.ToString(CultureInfo.InvariantCulture);
}
