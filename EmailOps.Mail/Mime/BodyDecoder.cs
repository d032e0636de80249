using System.Buffers;

namespace EmailOps.Mail;

/// <summary>Undoes a transfer encoding, whole or in pieces of bounded size.</summary>
internal static class BodyDecoder
{
    private const int PieceLength = 64 * 1024;

    /// <param name="lines">The content is lines: CR LF becomes LF.</param>
    public static byte[] ToArray(ReadOnlySpan<byte> body, TransferEncoding encoding, bool lines = false)
    {
        if (encoding == TransferEncoding.None && !lines)
            return body.ToArray();
        var rented = ArrayPool<byte>.Shared.Rent(MaxLength(body.Length, encoding));
        try
        {
            var length = Decode(body, encoding, rented, out _);
            return (lines ? LineEnds.DropCarriageReturns(rented.AsSpan(0, length)) : rented.AsSpan(0, length)).ToArray();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    public static int MaxLength(int encoded, TransferEncoding encoding) =>
        encoding == TransferEncoding.Base64 ? Base64Decoder.MaxLength(encoded) : encoded + 3;

    public static int Decode(ReadOnlySpan<byte> body, TransferEncoding encoding, Span<byte> target, out bool damaged)
    {
        damaged = false;
        switch (encoding)
        {
            case TransferEncoding.Base64:
                var decoder = new Base64Decoder();
                var length = decoder.Decode(body, target);
                damaged = decoder.Damaged;
                return length;
            case TransferEncoding.QuotedPrintable:
                return QuotedPrintableDecoder.Decode(body, target);
            case TransferEncoding.UUEncode:
                return UUDecoder.Decode(body, target);
            default:
                body.CopyTo(target);
                return body.Length;
        }
    }

    /// <summary>Hands the decoded bytes on in pieces, without ever holding them all. Returns their number.</summary>
    /// <param name="lines">The content is lines: CR LF becomes LF.</param>
    public static long InPieces<TState>(ReadOnlySpan<byte> body, TransferEncoding encoding, bool lines, TState state, Action<TState, ReadOnlySpan<byte>> take)
    {
        if (encoding == TransferEncoding.None && !lines)
        {
            take(state, body);
            return body.Length;
        }
        var rented = ArrayPool<byte>.Shared.Rent(MaxLength(Math.Min(PieceLength, body.Length), encoding));
        try
        {
            var base64 = new Base64Decoder();
            long total = 0;
            while (!body.IsEmpty)
            {
                var piece = NextPiece(ref body);
                var written = encoding == TransferEncoding.Base64 ? base64.Continue(piece, rented) : Decode(piece, encoding, rented, out _);
                var content = lines ? LineEnds.DropCarriageReturns(rented.AsSpan(0, written)) : rented.AsSpan(0, written);
                take(state, content);
                total += content.Length;
            }
            if (encoding == TransferEncoding.Base64)
            {
                var rest = base64.Finish(rented);
                take(state, rented.AsSpan(0, rest));
                total += rest;
            }
            return total;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <summary>Cuts after a line end, so that no escape and no line is torn; a line longer than a piece is cut where it must be.</summary>
    private static ReadOnlySpan<byte> NextPiece(ref ReadOnlySpan<byte> body)
    {
        var length = Math.Min(PieceLength, body.Length);
        if (length < body.Length)
        {
            var end = body[..length].LastIndexOf((byte)'\n');
            if (end > 0)
                length = end + 1;
            else if (body[(length - 2)..length].IndexOf((byte)'=') is >= 0 and var escape)
                length += escape - 2;
            if (body[length - 1] == '\r')
                length--;
        }
        var piece = body[..length];
        body = body[length..];
        return piece;
    }
}
