using System.Buffers.Text;
using System.Text.Json;
using EmailOps.Core.Mailboxes.Remote;

namespace EmailOps.Core.Mailboxes.Gmail;

/// <summary>Reads Gmail's answers. What is not as it should be is no answer, never an exception of the parser.</summary>
internal static class GmailJson
{
    /// <summary>Longest id that is believed.</summary>
    private const int MostId = 200;

    public static T Read<T>(byte[] body, Func<JsonElement, T> read)
    {
        try
        {
            using var json = JsonDocument.Parse(body.Length == 0 ? "{}"u8.ToArray() : body);
            return read(json.RootElement);
        }
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw GmailErrors.NoAnswer(wrong);
        }
    }

    public static string? Text(JsonElement element, string name) => element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>Ids go into paths: only what Google's look like, letters, digits, - and _.</summary>
    public static string Id(JsonElement element, string name = "id")
        => Text(element, name) is { Length: > 0 and <= MostId } id && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') ? id : throw new FormatException($"No {name}.");

    /// <summary>Numbers of 64 bits come as text.</summary>
    public static string? Number(JsonElement element, string name)
        => element.TryGetProperty(name, out var value) && (value.ValueKind == JsonValueKind.String ? value.GetString() : value.ValueKind == JsonValueKind.Number ? value.GetRawText() : null) is { Length: > 0 and <= 20 } text && text.All(char.IsAsciiDigit) ? text : null;

    public static IEnumerable<JsonElement> List(JsonElement element, string name) => element.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array ? list.EnumerateArray() : [];

    /// <summary>A message with its bytes (format=raw).</summary>
    public static RemoteMail Raw(JsonElement message, long maxBytes)
    {
        var (id, thread) = (Id(message), Text(message, "threadId"));
        if (!message.TryGetProperty("raw", out var text) || text.ValueKind != JsonValueKind.String) return new RemoteMail(id, thread, null, Size(message), "Gmail lists this mail and does not hand out its bytes.");
        // Google's alphabet is that of URLs, with or without padding.
        byte[] raw;
        try
        {
            raw = Base64Url.DecodeFromChars(text.GetString()!.AsSpan().TrimEnd('='));
        }
        catch (FormatException)
        {
            return new RemoteMail(id, thread, null, Size(message), "Gmail hands out bytes of this mail that cannot be decoded.");
        }
        return raw.Length > maxBytes ? new RemoteMail(id, thread, raw[..(int)maxBytes], raw.Length, IsCut: true) : new RemoteMail(id, thread, raw, raw.Length);
    }

    /// <summary>The header of a message (format=metadata) as it would stand in its bytes.</summary>
    public static RemoteMail Head(JsonElement message)
    {
        var lines = new System.Text.StringBuilder();
        if (message.TryGetProperty("payload", out var payload))
            foreach (var header in List(payload, "headers"))
                if (Text(header, "name") is { Length: > 0 } name && Text(header, "value") is { } value && !name.AsSpan().ContainsAny("\r\n:"))
                    lines.Append(name).Append(": ").Append(value.ReplaceLineEndings(" ")).Append("\r\n");
        var head = lines.Length == 0 ? null : System.Text.Encoding.UTF8.GetBytes(lines.Append("\r\n").ToString());
        return new RemoteMail(Id(message), Text(message, "threadId"), head, Size(message));
    }

    private static long Size(JsonElement message) => message.TryGetProperty("sizeEstimate", out var size) && size.TryGetInt64(out var bytes) && bytes >= 0 ? bytes : 0;
}
