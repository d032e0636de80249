using System.Buffers.Text;

namespace EmailOps.Mail.Writing;

/// <summary>Base64 in lines of 76 characters (RFC 2045, section 6.8), without a line end after the last one.</summary>
internal static class Base64Lines
{
    private const int Octets = 57;
    private const int LineLength = 78;

    // Written in blocks of this many lines.
    private const int Lines = 512;

    public static int Length(int octets) => octets == 0 ? 0 : ((octets + 2) / 3 * 4) + ((octets - 1) / Octets * 2);

    public static byte[] Encode(ReadOnlySpan<byte> content)
    {
        var lines = new MemoryStream(Length(content.Length));
        Write(lines, content);
        return lines.ToArray();
    }

    public static void Write(Stream target, ReadOnlySpan<byte> content)
    {
        var block = new byte[Math.Min(Lines, (content.Length / Octets) + 1) * LineLength];
        while (!content.IsEmpty)
        {
            var written = 0;
            while (!content.IsEmpty && written + LineLength <= block.Length)
            {
                var piece = content[..Math.Min(Octets, content.Length)];
                content = content[piece.Length..];
                Base64.EncodeToUtf8(piece, block.AsSpan(written), out _, out var count);
                written += count;
                if (content.IsEmpty)
                    continue;
                block[written++] = (byte)'\r';
                block[written++] = (byte)'\n';
            }
            target.Write(block.AsSpan(0, written));
        }
    }
}
