using System.Buffers.Text;
using System.Globalization;
using System.Text;
using EmailOps.Core.Messages;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;

namespace EmailOps.Api.Requests;

/// <summary>
/// Lists that grow go on by cursor: the id of the last row, newest first. Where the body is a plain array, the next page stands in the Link header (RFC 8288):
/// <c>&lt;/outbound?take=100&amp;cursor=4711&gt;; rel="next"</c>. No header: that was all.
/// </summary>
internal static class Paging
{
    /// <returns>Rows with a lower id are wanted; all without a cursor, none with one that is no number.</returns>
    public static long Before(string? cursor) => string.IsNullOrEmpty(cursor) ? long.MaxValue : long.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : 0;

    /// <summary>A place in a list by title: the words and the id after a line break, as URLs take them.</summary>
    public static string Place(string title, long id) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{title}\n{id}")));

    /// <returns>Null without a cursor, and for one that is none of ours.</returns>
    public static (string Title, long Id)? Place(string? cursor)
    {
        if (string.IsNullOrEmpty(cursor) || cursor.Length > 4000 || !Base64Url.IsValid(cursor)) return null;
        var text = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(cursor));
        var at = text.LastIndexOf('\n');
        return at >= 0 && long.TryParse(text.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? (StoredText.Clean(text[..at]), id) : null;
    }

    /// <summary>Says where the next page is, if this one is full.</summary>
    public static void Next<T>(HttpContext context, IReadOnlyList<T> page, int take, Func<T, long> id) => Next(context, page, take, last => id(last).ToString(CultureInfo.InvariantCulture));

    /// <summary>The same for a list in another order, whose place is more than a number.</summary>
    public static void Next<T>(HttpContext context, IReadOnlyList<T> page, int take, Func<T, string> place)
    {
        if (page.Count < take) return;
        var query = context.Request.Query.Where(q => !q.Key.Equals("cursor", StringComparison.OrdinalIgnoreCase)).Append(new("cursor", new StringValues(place(page[^1]))));
        context.Response.Headers.Link = $"<{QueryHelpers.AddQueryString(context.Request.Path.Value ?? "/", query)}>; rel=\"next\"";
    }
}
