using System.Buffers;
using EmailOps.Mail.Net;

namespace EmailOps.Mail.Smtp;

/// <summary>The mail as DATA carries it (RFC 5321, section 4.5.2): a dot that begins a line is doubled, a line with a dot alone ends it.</summary>
internal static class DotStuffing
{
    private const int Block = 64 * 1024;

    /// <summary>Follows a mail that ends in CR LF, as <see cref="SendAsync"/> leaves it.</summary>
    public static ReadOnlyMemory<byte> End { get; } = ".\r\n"u8.ToArray();

    /// <summary>Sends the mail without its end, in blocks; ends early when <paramref name="isOver"/> says so between two of them.</summary>
    public static async Task SendAsync(MailConnection connection, ReadOnlyMemory<byte> mail, Func<bool> isOver, CancellationToken cancel)
    {
        var block = ArrayPool<byte>.Shared.Rent(Block);
        try
        {
            var atLineStart = true;
            while (!mail.IsEmpty && !isOver())
            {
                var (taken, written) = Fill(mail.Span, block.AsSpan(0, Block), ref atLineStart);
                mail = mail[taken..];
                await connection.SendContentAsync(block.AsMemory(0, written), cancel);
            }
            if (!atLineStart && !isOver())
                await connection.SendContentAsync("\r\n"u8.ToArray(), cancel);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
    }

    /// <summary>Copies line by line as much as fits. Line ends are CR LF throughout, so a line feed is the end of a line.</summary>
    private static (int Taken, int Written) Fill(ReadOnlySpan<byte> mail, Span<byte> block, ref bool atLineStart)
    {
        var (taken, written) = (0, 0);
        while (taken < mail.Length && written < block.Length)
        {
            var rest = mail[taken..];
            if (atLineStart && rest[0] == '.')
            {
                if (written + 2 > block.Length)
                    break;
                block[written++] = (byte)'.';
            }
            var end = rest.IndexOf((byte)'\n');
            var length = Math.Min(end < 0 ? rest.Length : end + 1, block.Length - written);
            rest[..length].CopyTo(block[written..]);
            (taken, written) = (taken + length, written + length);
            atLineStart = rest[length - 1] == '\n';
        }
        return (taken, written);
    }
}
