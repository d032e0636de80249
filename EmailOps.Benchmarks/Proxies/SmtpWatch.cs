namespace EmailOps.Benchmarks.Proxies;

/// <summary>SMTP (RFC 5321) with DATA, also pipelined.</summary>
internal sealed class SmtpWatch
{
    // Written by the server's direction before the client hears of it, so that the client's next byte is read rightly.
    private volatile bool _isData;
    private volatile bool _isWaiting;

    private SmtpWatch()
    {
    }

    public static ConnectionWatch New()
    {
        var session = new SmtpWatch();
        return new ConnectionWatch(new Client(session), new Server(session));
    }

    private sealed class Client(SmtpWatch session) : LineWatch
    {
        private bool _halfTold, _dotTold;
        private bool _atLineStart = true;

        protected override bool IsRaw => session._isData;

        protected override Moment? Before(ReadOnlySpan<byte> line) => line.StartsWith("MAIL FROM"u8) ? Moment.MailFrom : null;

        protected override Moment? Passing(ReadOnlySpan<byte> line) => null;

        protected override int Raw(ReadOnlySpan<byte> pending, out Moment? moment)
        {
            moment = null;
            var dot = _atLineStart && pending.StartsWith(".\r\n"u8) ? 0 : pending.IndexOf("\r\n.\r\n"u8) is >= 0 and var at ? at + 2 : -1;
            if (!_halfTold && (dot > 1 || pending.Length > 64))
            {
                (_halfTold, moment) = (true, Moment.DataHalf);
                return Passed(pending, dot > 1 ? dot / 2 : pending.Length / 2);
            }
            if (dot < 0) return Passed(pending, Math.Max(0, pending.Length - 4)); // the dot's line may be cut in two
            if (dot > 0) return Passed(pending, dot);
            if (!_dotTold)
            {
                (_dotTold, moment) = (true, Moment.BeforeDot);
                return 0;
            }
            (_halfTold, _dotTold, _atLineStart) = (false, false, true);
            session._isWaiting = true;
            session._isData = false;
            return 3;
        }

        private int Passed(ReadOnlySpan<byte> pending, int count)
        {
            if (count > 0) _atLineStart = pending[count - 1] == '\n';
            return count;
        }
    }

    private sealed class Server(SmtpWatch session) : LineWatch
    {
        protected override Moment? Before(ReadOnlySpan<byte> line) => IsResult(line) && line[0] == '2' ? Moment.Accepted : null;

        protected override Moment? Passing(ReadOnlySpan<byte> line)
        {
            if (line.StartsWith("354"u8)) session._isData = true;
            if (!IsResult(line)) return null;
            session._isWaiting = false;
            return line[0] == '2' ? Moment.Answered : null;
        }

        // The last line of the answer to the whole mail.
        private bool IsResult(ReadOnlySpan<byte> line) => session._isWaiting && line.Length > 3 && line[3] != '-';
    }
}
