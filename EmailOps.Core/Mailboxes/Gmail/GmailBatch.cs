using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using EmailOps.Core.Mailboxes.Remote;

namespace EmailOps.Core.Mailboxes.Gmail;

/// <summary>
/// Many requests in one: multipart/mixed whose parts are HTTP requests, answered by parts that are HTTP responses, in any order and matched by Content-ID:
/// <code>
/// --batch_x
/// Content-Type: application/http
/// Content-ID: &lt;response-7&gt;
///
/// HTTP/1.1 200 OK
/// Content-Type: application/json
///
/// {"id": "19a...", "raw": "UmVj..."}
/// </code>
/// </summary>
internal static class GmailBatch
{
    private const string Response = "response-";

    public static HttpRequestMessage Request(Uri endpoint, IReadOnlyList<string> paths)
    {
        var boundary = $"emailops_{Guid.NewGuid():N}";
        var text = new StringBuilder();
        for (var i = 0; i < paths.Count; i++)
            text.Append(CultureInfo.InvariantCulture, $"--{boundary}\r\nContent-Type: application/http\r\nContent-ID: <{i}>\r\n\r\nGET {paths[i]} HTTP/1.1\r\n\r\n\r\n");
        text.Append(CultureInfo.InvariantCulture, $"--{boundary}--\r\n");
        var content = new ByteArrayContent(Encoding.ASCII.GetBytes(text.ToString()));
        content.Headers.ContentType = MediaTypeHeaderValue.Parse($"multipart/mixed; boundary=\"{boundary}\"");
        return new HttpRequestMessage(HttpMethod.Post, endpoint) { Content = content };
    }

    /// <summary>The answers by the place of their request; a place without one was not answered.</summary>
    /// <exception cref="RemoteException">This is no answer to a batch.</exception>
    public static RemoteAnswer?[] Read(RemoteAnswer answer, int count)
    {
        if (!MediaTypeHeaderValue.TryParse(answer.ContentType, out var type) || type.MediaType != "multipart/mixed"
            || type.Parameters.FirstOrDefault(p => p.Name.Equals("boundary", StringComparison.OrdinalIgnoreCase))?.Value?.Trim('"') is not { Length: > 0 and <= 200 } boundary) throw GmailErrors.NoAnswer();
        var answers = new RemoteAnswer?[count];
        var body = answer.Body.AsSpan();
        var mark = Encoding.ASCII.GetBytes($"--{boundary}");
        var at = body.IndexOf(mark);
        while (at >= 0)
        {
            var rest = body[(at + mark.Length)..];
            if (rest.StartsWith("--"u8)) break;
            var end = rest.IndexOf(mark);
            var part = end < 0 ? rest : rest[..end];
            if (Part(part) is { } read && read.Place < count) answers[read.Place] ??= read.Answer;
            at = end < 0 ? -1 : at + mark.Length + end;
        }
        return answers;
    }

    private static (int Place, RemoteAnswer Answer)? Part(ReadOnlySpan<byte> part)
    {
        if (!Cut(part, out var outer, out var response) || !Cut(response, out var head, out var body)) return null;
        if (Header(outer, "Content-ID") is not { } id || id.IndexOf(Response, StringComparison.Ordinal) is var at && at < 0 || !int.TryParse(id.AsSpan(at + Response.Length).TrimEnd('>'), NumberStyles.None, CultureInfo.InvariantCulture, out var place)) return null;
        // HTTP/1.1 200 OK
        var line = Encoding.ASCII.GetString(head).TrimStart().Split('\n')[0].Split(' ');
        if (line.Length < 2 || !int.TryParse(line[1], NumberStyles.None, CultureInfo.InvariantCulture, out var status)) return null;
        var wait = int.TryParse(Header(head, "Retry-After"), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? TimeSpan.FromSeconds(Math.Min(seconds, 86_400)) : (TimeSpan?)null;
        return (place, new RemoteAnswer(status, body.TrimEnd("\r\n"u8).ToArray(), Header(head, "Content-Type"), wait));
    }

    /// <summary>Head and body lie apart by an empty line.</summary>
    private static bool Cut(ReadOnlySpan<byte> text, out ReadOnlySpan<byte> head, out ReadOnlySpan<byte> body)
    {
        text = text.TrimStart("\r\n"u8);
        var (at, length) = (text.IndexOf("\r\n\r\n"u8), 4);
        if (text.IndexOf("\n\n"u8) is >= 0 and var plain && (at < 0 || plain < at)) (at, length) = (plain, 2);
        head = at < 0 ? text : text[..at];
        body = at < 0 ? [] : text[(at + length)..];
        return at >= 0;
    }

    private static string? Header(ReadOnlySpan<byte> head, string name)
        => Encoding.ASCII.GetString(head).Split('\n').Select(l => l.Split(':', 2)).FirstOrDefault(l => l.Length == 2 && l[0].Trim().Equals(name, StringComparison.OrdinalIgnoreCase))?[1].Trim();
}
