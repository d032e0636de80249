using System.Text;

namespace EmailOps.Mail.Containers;

/// <summary>
/// Reads an mbox mail by mail, forward only, holding one mail in memory. Understands mboxo, mboxrd (<c>&gt;From </c> is unquoted by one) and,
/// on a seekable stream, mboxcl/mboxcl2, where a Content-Length that ends exactly at a separator or the end of file is believed.
/// A file cut off at its end delivers its last mail as far as it goes; one cut off at its start delivers the fragment with a problem.
/// </summary>
internal sealed class MboxReader(Stream stream, string name, ContainerLimits limits)
{
    private readonly LineReader _lines = new(stream);
    private readonly MailBuffer _mail = new(limits);

    /// <summary>Bytes consumed so far.</summary>
    public long Position => _lines.Position;

    public IEnumerable<ContainedMail> Read()
    {
        var ordinal = 0;
        long start = 0, protectedUntil = 0;
        bool started = false, afterBlank = true, inHeader = false;
        long contentLength = -1;
        while (_lines.Next())
        {
            if (_lines.Start == 0)
                _lines.SkipByteOrderMark();
            if (_lines.IsLineStart && _lines.Start >= protectedUntil && IsSeparator(afterBlank))
            {
                if (Finish(started, ordinal, start) is { } done)
                    yield return done;
                (started, start, inHeader, contentLength, afterBlank) = (true, _lines.Start, true, -1, false);
                ordinal++;
                continue;
            }

            if (inHeader && _lines.IsLineStart)
            {
                contentLength = ContentLength(_lines.Line, contentLength);
                if (_lines.IsBlank)
                {
                    inHeader = false;
                    protectedUntil = TrustedEnd(contentLength);
                }
            }

            afterBlank = _lines.IsLineStart && _lines.IsBlank;
            _mail.Append(_lines.IsLineStart && !inHeader && MboxSeparator.IsQuotedFrom(_lines.Line) ? _lines.Bytes[1..] : _lines.Bytes);
        }

        if (Finish(started, ordinal, start) is { } last)
            yield return last;
    }

    // With a blank line before it, a plausible date is enough; without one (careless writers) a field must follow at once.
    private bool IsSeparator(bool afterBlank)
    {
        if (!MboxSeparator.IsSeparator(_lines.Line))
            return false;
        var next = _lines.PeekLine();
        return MboxSeparator.CanFollow(next) && (afterBlank || !next.IsEmpty);
    }

    private ContainedMail? Finish(bool started, int ordinal, long start)
    {
        if (!started)
        {
            if (_mail.IsBlank)
            {
                _mail.Clear();
                return null;
            }

            return _mail.Take($"{name}#0 @ 0") with
            {
                Problem = "The file does not begin with a mail (no \"From \" line): this is what stood before the first one. Perhaps the start of the file is missing.",
            };
        }

        _mail.TrimSeparatorLine();
        return _mail.Take($"{name}#{ordinal} @ {start}");
    }

    private static long ContentLength(ReadOnlySpan<byte> line, long known)
    {
        const int NameLength = 15;
        if (known >= 0 || line.Length <= NameLength || line[14] != ':' || !Ascii.EqualsIgnoreCase(line[..14], "Content-Length"u8))
            return known;
        return long.TryParse(line[NameLength..].Trim(" \t\r\n"u8), System.Globalization.CultureInfo.InvariantCulture, out var value) ? value : known;
    }

    private long TrustedEnd(long contentLength)
    {
        if (contentLength <= 0 || !stream.CanSeek || contentLength > stream.Length)
            return 0;
        var end = _lines.Start + _lines.Bytes.Length + contentLength;
        return EndsAtSeparator(end) ? end : 0;
    }

    private bool EndsAtSeparator(long end)
    {
        if (end >= stream.Length - 2)
            return end <= stream.Length;
        Span<byte> probe = stackalloc byte[MboxSeparator.MaxLength + 4];
        var back = stream.Position;
        stream.Position = end;
        var got = stream.ReadAtLeast(probe, probe.Length, throwOnEndOfStream: false);
        stream.Position = back;
        ReadOnlySpan<byte> after = probe[..got].TrimStart("\r\n"u8);
        var lineEnd = after.IndexOf((byte)'\n');
        return after.IsEmpty || MboxSeparator.IsSeparator(lineEnd < 0 ? after : after[..lineEnd]);
    }
}
