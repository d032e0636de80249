using System.Buffers.Binary;
using System.Text;

namespace EmailOps.Tests.Telemetry;

/// <summary>A span as it arrived over OTLP.</summary>
/// <param name="Links">Ids of the traces it is linked with.</param>
internal sealed record OtlpSpan(string Service, string Name, string TraceId, string Id, string ParentId, IReadOnlyDictionary<string, string> Attributes, IReadOnlyList<string> Links);

/// <summary>Reads spans out of an ExportTraceServiceRequest (opentelemetry-proto, trace/v1): only the fields that tests ask for.</summary>
internal static class OtlpSpans
{
    private delegate void Field(int number, ReadOnlySpan<byte> bytes);

    public static List<OtlpSpan> Read(byte[] request)
    {
        var spans = new List<OtlpSpan>();
        Walk(request, (number, resourceSpans) =>
        {
            if (number != 1) return;
            var service = "";
            var found = new List<byte[]>();
            Walk(resourceSpans, (inner, bytes) =>
            {
                if (inner == 1) service = Attributes(bytes, 1).GetValueOrDefault("service.name", "");
                if (inner == 2) Walk(bytes, (field, span) => { if (field == 2) found.Add(span.ToArray()); });
            });
            spans.AddRange(found.Select(span => Span(service, span)));
        });
        return spans;
    }

    private static OtlpSpan Span(string service, byte[] span)
    {
        var (name, trace, id, parent) = ("", "", "", "");
        var links = new List<string>();
        Walk(span, (number, bytes) =>
        {
            if (number == 1) trace = Convert.ToHexStringLower(bytes);
            if (number == 2) id = Convert.ToHexStringLower(bytes);
            if (number == 4) parent = Convert.ToHexStringLower(bytes);
            if (number == 5) name = Encoding.UTF8.GetString(bytes);
            if (number == 13) Walk(bytes, (field, value) => { if (field == 1) links.Add(Convert.ToHexStringLower(value)); });
        });
        return new OtlpSpan(service, name, trace, id, parent, Attributes(span, 9), links);
    }

    private static Dictionary<string, string> Attributes(ReadOnlySpan<byte> message, int at)
    {
        var attributes = new Dictionary<string, string>(StringComparer.Ordinal);
        Walk(message, (number, pair) =>
        {
            if (number != at) return;
            var (key, value) = ("", "");
            Walk(pair, (field, bytes) =>
            {
                if (field == 1) key = Encoding.UTF8.GetString(bytes);
                if (field == 2) value = Text(bytes);
            });
            attributes[key] = value;
        });
        return attributes;
    }

    /// <summary>An AnyValue: text as it is, numbers in decimal.</summary>
    private static string Text(ReadOnlySpan<byte> value)
    {
        var text = "";
        Walk(value, (number, bytes) => text = number == 1 ? Encoding.UTF8.GetString(bytes) : bytes.Length == sizeof(ulong) ? BinaryPrimitives.ReadInt64LittleEndian(bytes).ToString(System.Globalization.CultureInfo.InvariantCulture) : "");
        return text;
    }

    /// <summary>Every field of a message; varints come as eight bytes.</summary>
    private static void Walk(ReadOnlySpan<byte> message, Field field)
    {
        Span<byte> number = stackalloc byte[sizeof(ulong)];
        while (message.Length > 0)
        {
            var key = Varint(ref message);
            switch (key & 7)
            {
                case 0:
                    BinaryPrimitives.WriteUInt64LittleEndian(number, Varint(ref message));
                    field((int)(key >> 3), number);
                    break;
                case 1: field((int)(key >> 3), message[..8]); message = message[8..]; break;
                case 2:
                    var length = (int)Varint(ref message);
                    field((int)(key >> 3), message[..length]);
                    message = message[length..];
                    break;
                case 5: field((int)(key >> 3), message[..4]); message = message[4..]; break;
                default: throw new InvalidDataException($"Not protobuf: wire type {key & 7}.");
            }
        }
    }

    private static ulong Varint(ref ReadOnlySpan<byte> bytes)
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var b = bytes[0];
            bytes = bytes[1..];
            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80) return value;
        }
    }
}
