using System.Globalization;
using System.Text;
using System.Text.Json;
using EmailOps.Core.Mailboxes.Remote;

namespace EmailOps.Core.Mailboxes.Graph;

/// <summary>The header of a mail whose MIME cannot be had, made of what Graph tells of it.</summary>
internal static class GraphHead
{
    /// <summary>PidTagMessageSize: Graph names a message's size nowhere else.</summary>
    private const string Size = "Integer 0x0E08";
    private const int MostBytes = 1024 * 1024;

    public static string Query { get; } = $"$select=id,internetMessageHeaders&$expand={Uri.EscapeDataString($"singleValueExtendedProperties($filter=id eq '{Size}')")}";

    public static RemoteMail Read(string id, JsonElement message)
    {
        var head = new StringBuilder();
        if (message.TryGetProperty("internetMessageHeaders", out var headers) && headers.ValueKind == JsonValueKind.Array)
        {
            foreach (var header in headers.EnumerateArray())
            {
                if (Text(header, "name") is not { Length: > 0 } name || name.Any(c => c is <= ' ' or > '~' or ':') || head.Length > MostBytes) continue;
                head.Append(name).Append(": ").Append(string.Concat((Text(header, "value") ?? "").Select(c => c is '\r' or '\n' or '\0' ? ' ' : c))).Append("\r\n");
            }
        }
        var raw = head.Length == 0 ? null : Encoding.UTF8.GetBytes(head.Append("\r\n").ToString());
        return new RemoteMail(id, null, raw, SizeOf(message) ?? raw?.Length ?? 0);
    }

    private static long? SizeOf(JsonElement message)
    {
        if (!message.TryGetProperty("singleValueExtendedProperties", out var all) || all.ValueKind != JsonValueKind.Array) return null;
        foreach (var property in all.EnumerateArray())
            if (long.TryParse(Text(property, "value"), NumberStyles.None, CultureInfo.InvariantCulture, out var size)) return size;
        return null;
    }

    private static string? Text(JsonElement of, string name) => of.ValueKind == JsonValueKind.Object && of.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
