using System.Buffers;
using System.Buffers.Text;
using System.Runtime.CompilerServices;
using System.Text;
using EmailOps.Mail.Net;

namespace EmailOps.Mail.Imap;

/// <summary>
/// Reads answers whole. An answer is a line, or several where counted strings (<c>{20}</c>) stand between them. The text is put together, markers
/// kept and strings beside it; the body of a message goes straight into memory of its own.
/// </summary>
internal sealed class ImapReader(MailConnection connection, ImapLimits limits)
{
    private const int FirstPiece = 1024 * 1024;

    private readonly ArrayBufferWriter<byte> _text = new(1024);

    public ImapResponse Response { get; } = new();

    /// <summary>Exact arrays instead of pooled ones for message content.</summary>
    public bool OwnedBytes { get; set; }

    /// <summary>Limits for the bytes of a message, set by who fetches.</summary>
    public int MaxContent { get; set; } = limits.MaxMessageBytes;

    public int HeadBytes { get; set; } = limits.HeadBytes;

    /// <summary>The next answer, in <see cref="Response"/>; valid until the next call.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ImapResponse> ReadAsync(TimeSpan? silence, CancellationToken cancel)
    {
        var response = Response;
        response.Literals.Clear();
        response.Content?.Release();
        response.Content = null;
        var line = await connection.ReadLineAsync(silence, cancel);
        response.ParseStart(line.Span);
        if (response.IsContinuation || response.Word == ImapWord.Status || !Marker(line.Span, out var count))
        {
            response.Text = line;
            return response;
        }
        _text.ResetWrittenCount();
        var strings = 0L;
        do
        {
            _text.Write(line.Span);
            if (response.Literals.Count >= limits.MaxStrings)
                throw Excess($"more than {limits.MaxStrings} strings in one answer");
            if (response.Word == ImapWord.Fetch && IsContent(_text.WrittenSpan))
                response.Literals.Add(await ContentAsync(response, count, cancel));
            else if ((strings += count) <= limits.MaxStringBytes)
            {
                var bytes = count == 0 ? [] : new byte[count];
                await connection.ReadContentAsync(bytes, cancel);
                response.Literals.Add(new ImapLiteral(_text.WrittenCount, bytes, false));
            }
            else
                throw Excess($"strings of more than {limits.MaxStringBytes} bytes in one answer");
            line = await connection.ReadLineAsync(null, cancel);
        }
        while (Marker(line.Span, out count));
        _text.Write(line.Span);
        response.Text = _text.WrittenMemory;
        return response;
    }

    private async ValueTask<ImapLiteral> ContentAsync(ImapResponse response, long count, CancellationToken cancel)
    {
        if (count > limits.MaxSkippedBytes)
            throw Excess($"a message of {count} bytes");
        var kept = response.Content is not null ? 0 : (int)(count > MaxContent ? Math.Min(HeadBytes, MaxContent) : count);
        if (response.Content is null)
            response.Content = await KeepAsync(kept, count, cancel);
        if (count > kept)
            await connection.ReadContentAsync(count - kept, null, cancel);
        return new ImapLiteral(_text.WrittenCount, default, true);
    }

    /// <summary>Memory grows with what really comes: an announcement alone costs the server nothing.</summary>
    private async ValueTask<ImapContent> KeepAsync(int kept, long announced, CancellationToken cancel)
    {
        if (kept <= FirstPiece)
        {
            var bytes = OwnedBytes ? GC.AllocateUninitializedArray<byte>(kept) : ArrayPool<byte>.Shared.Rent(kept);
            await connection.ReadContentAsync(bytes.AsMemory(0, kept), cancel);
            return new ImapContent(bytes, kept, announced, !OwnedBytes);
        }
        var large = new byte[FirstPiece];
        for (var have = 0; have < kept;)
        {
            if (have == large.Length)
                Array.Resize(ref large, (int)Math.Min(kept, 2L * large.Length));
            var piece = Math.Min(kept, large.Length) - have;
            await connection.ReadContentAsync(large.AsMemory(have, piece), cancel);
            have += piece;
        }
        return new ImapContent(large, kept, announced, isPooled: false);
    }

    /// <summary>A count at the end of the line: <c>{20}</c>, <c>{20+}</c>, <c>~{20}</c>.</summary>
    private static bool Marker(ReadOnlySpan<byte> line, out long count)
    {
        count = 0;
        line = line.TrimEnd((byte)' ');
        if (line is not [.., (byte)'}'])
            return false;
        var open = line.LastIndexOf((byte)'{');
        // Part of a word it is no count; only FETCH items are known to come without the space.
        if (open < 0 || (open > 0 && line[open - 1] is not ((byte)' ' or (byte)'(' or (byte)'~' or (byte)']' or (byte)'>')))
            return false;
        var digits = line[(open + 1)..^1];
        if (digits is [.., (byte)'+'])
            digits = digits[..^1];
        return Utf8Parser.TryParse(digits, out count, out var length) && length == digits.Length && count >= 0;
    }

    /// <summary>Whether the string that is counted at the end belongs to BODY[...], BINARY[...] or RFC822.</summary>
    private static bool IsContent(ReadOnlySpan<byte> text)
    {
        text = text[..text.LastIndexOf((byte)'{')].TrimEnd("~ "u8);
        if (text is [.., (byte)']'] or [.., (byte)'>'])
            return true;
        var word = text[(text.LastIndexOfAny(" ("u8) + 1)..];
        return Ascii.EqualsIgnoreCase(word, "RFC822"u8) || Ascii.EqualsIgnoreCase(word, "RFC822.HEADER"u8) || Ascii.EqualsIgnoreCase(word, "RFC822.TEXT"u8);
    }

    private static MailConnectionException Excess(string what) => new(ConnectionFailure.Protocol, $"The server sent {what}.");
}
