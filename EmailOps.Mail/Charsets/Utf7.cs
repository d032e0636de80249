using System.Text;

namespace EmailOps.Mail;

/// <summary>
/// Reads UTF-7 (RFC 2152). The runtime's own is obsolete for good reason (it must never be guessed, only read where a message declares it);
/// writing is not supported.
/// </summary>
internal sealed class Utf7 : Encoding
{
    public static readonly Utf7 Instance = new();

    public override int GetByteCount(char[] chars, int index, int count) => throw new NotSupportedException("UTF-7 is only read.");

    public override int GetBytes(char[] chars, int charIndex, int charCount, byte[] bytes, int byteIndex) =>
        throw new NotSupportedException("UTF-7 is only read.");

    public override int GetMaxByteCount(int charCount) => throw new NotSupportedException("UTF-7 is only read.");

    public override int GetMaxCharCount(int byteCount) => byteCount;

    public override int GetCharCount(byte[] bytes, int index, int count) => Read(bytes.AsSpan(index, count), []);

    public override int GetChars(byte[] bytes, int byteIndex, int byteCount, char[] chars, int charIndex) =>
        Read(bytes.AsSpan(byteIndex, byteCount), chars.AsSpan(charIndex));

    public override int GetCharCount(ReadOnlySpan<byte> bytes) => Read(bytes, []);

    public override int GetChars(ReadOnlySpan<byte> bytes, Span<char> chars) => Read(bytes, chars);

    /// <summary>Counts only when <paramref name="chars"/> is empty.</summary>
    private static int Read(ReadOnlySpan<byte> bytes, Span<char> chars)
    {
        var written = 0;
        for (var i = 0; i < bytes.Length; i++)
        {
            var b = bytes[i];
            if (b != '+')
            {
                Put(b < 0x80 ? (char)b : '\uFFFD', chars, ref written);
                continue;
            }
            if (i + 1 < bytes.Length && bytes[i + 1] == '-')
            {
                Put('+', chars, ref written);
                i++;
                continue;
            }
            var start = i + 1;
            uint bits = 0;
            var held = 0;
            var at = start;
            for (; at < bytes.Length && Sextet(bytes[at]) is >= 0 and var value; at++)
            {
                bits = (bits << 6) | (uint)value;
                held += 6;
                if (held < 16)
                    continue;
                held -= 16;
                Put((char)(bits >> held), chars, ref written);
                bits &= (1u << held) - 1;
            }
            if (at == start)
                Put('+', chars, ref written);
            else if (at < bytes.Length && bytes[at] == '-')
                at++;
            i = at - 1;
        }
        return written;
    }

    private static void Put(char c, Span<char> chars, ref int written)
    {
        if (written < chars.Length)
            chars[written] = c;
        written++;
    }

    private static int Sextet(byte b) => b switch
    {
        >= (byte)'A' and <= (byte)'Z' => b - 'A',
        >= (byte)'a' and <= (byte)'z' => b - 'a' + 26,
        >= (byte)'0' and <= (byte)'9' => b - '0' + 52,
        (byte)'+' => 62,
        (byte)'/' => 63,
        _ => -1,
    };
}
