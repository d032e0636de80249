using System.Globalization;
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

    /// <summary>Says where the next page is, if this one is full.</summary>
    public static void Next<T>(HttpContext context, IReadOnlyList<T> page, int take, Func<T, long> id)
    {
        if (page.Count < take) return;
        var query = context.Request.Query.Where(q => !q.Key.Equals("cursor", StringComparison.OrdinalIgnoreCase)).Append(new("cursor", new StringValues(id(page[^1]).ToString(CultureInfo.InvariantCulture))));
        context.Response.Headers.Link = $"<{QueryHelpers.AddQueryString(context.Request.Path.Value ?? "/", query)}>; rel=\"next\"";
    }
}
