using System.Buffers;

namespace EmailOps.Mail.Containers;

/// <summary>Reads a stream that is one mail.</summary>
internal static class SingleMail
{
    /// <param name="stream">The mail; read to its end unless seekable and too large.</param>
    /// <param name="origin">Name to report.</param>
    /// <param name="limits">Size limits.</param>
    public static ContainedMail Read(Stream stream, string origin, ContainerLimits limits)
    {
        if (!stream.CanSeek)
            return ReadForward(stream, origin, limits);
        var length = stream.Length - stream.Position;
        var raw = new byte[length > limits.MaxMessageBytes ? Math.Min(limits.HeadBytes, length) : length];
        var got = stream.ReadAtLeast(raw, raw.Length, throwOnEndOfStream: false);
        if (got < raw.Length)
            (raw, length) = (raw[..got], got); // the file shrank while we read it
        return MailBuffer.Pack(origin, raw, length, limits);
    }

    private static ContainedMail ReadForward(Stream stream, string origin, ContainerLimits limits)
    {
        var mail = new MailBuffer(limits);
        var piece = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            for (int got; (got = stream.Read(piece)) > 0;)
                mail.Append(piece.AsSpan(0, got));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
        }

        return mail.Take(origin);
    }
}
