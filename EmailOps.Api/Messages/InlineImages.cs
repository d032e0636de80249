using System.Buffers;
using System.Text;
using EmailOps.Mail;

namespace EmailOps.Api.Messages;

/// <summary>Puts the pictures of a mail into its HTML: <c>src="cid:logo@shop"</c> becomes a data: address (RFC 2392).</summary>
internal static class InlineImages
{
    /// <summary>Characters that pictures may add to one page. Guards memory: one picture may be named a million times.</summary>
    private const int MaxAdded = 30 << 20;
    private static readonly SearchValues<char> End = SearchValues.Create("\"'<>) \t\r\n");

    public static string Embed(string html, IReadOnlyList<Attachment> attachments)
    {
        if (!html.Contains("cid:", StringComparison.OrdinalIgnoreCase)) return html;
        var pictures = new Dictionary<string, Attachment>(StringComparer.OrdinalIgnoreCase);
        foreach (var attachment in attachments)
            if (attachment.ContentId is { Length: > 0 } id && IsPicture(attachment.ContentType)) pictures.TryAdd(id, attachment);

        var embedded = new StringBuilder(html.Length);
        var addresses = new Dictionary<Attachment, string>(ReferenceEqualityComparer.Instance);
        var (from, added) = (0, 0L);
        while (html.IndexOf("cid:", from, StringComparison.OrdinalIgnoreCase) is >= 0 and var at)
        {
            var length = html.AsSpan(at + 4).IndexOfAny(End) is >= 0 and var found ? found : html.Length - at - 4;
            embedded.Append(html, from, at - from);
            from = at + 4 + length;
            if (!pictures.TryGetValue(Uri.UnescapeDataString(html.AsSpan(at + 4, length)), out var picture) || added + 4 * picture.Size / 3 > MaxAdded)
            {
                embedded.Append(html, at, from - at);
                continue;
            }
            if (!addresses.TryGetValue(picture, out var address))
                addresses[picture] = address = $"data:{picture.ContentType};base64,{Convert.ToBase64String(picture.Content.Span)}";
            embedded.Append(address);
            added += address.Length;
        }
        return embedded.Append(html, from, html.Length - from).ToString();
    }

    /// <summary>SVG is not among them: it is a document that can do things.</summary>
    private static bool IsPicture(string type) => type is "image/png" or "image/jpeg" or "image/jpg" or "image/gif" or "image/webp" or "image/bmp";
}
