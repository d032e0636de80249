using System.Text;

namespace EmailOps.Benchmarks.Fuzz;

/// <summary>Damages mail: bits flipped, pieces cut, moved, doubled, taken from another mail, wrapped deep, blown up. The same seed does the same.</summary>
internal sealed class Mutator(int seed)
{
    private const int MaxLength = 8 * 1024 * 1024;
    private const int MaxWraps = 400;

    // What parsers trip over, put in at random places.
    private static readonly string[] Pieces =
    [
        "\r\n", "\n", "\r", "\0", "--", "--b--", "=?utf-8?B?", "?=", "=?utf-8?Q?=E2", "\"", "(", ")", "<", ">", ";", ":", ",", "@", "=", "&#x", "<!--",
        "<div>", "</div>", "<a href=\"", "<blockquote>", "<style>", "Content-Type: multipart/mixed; boundary=b\r\n", "Content-Type: message/rfc822\r\n\r\n",
        "begin 644 x\n", "\nend\n", "Content-Transfer-Encoding: base64\r\n", "Content-Transfer-Encoding: quoted-printable\r\n", "charset=utf-16",
        "charset=utf-7", "charset=iso-2022-kr", "filename*0*=utf-8''%E2%8", "\u00FF\u00FE", "\u001b$B", "+AAA-", "format=flowed", "> ", "On Mon, a wrote:\n",
        "-----Original Message-----\n", "Auto-Submitted: auto-replied\r\n", "Final-Recipient: rfc822;", "Status: 5.1.1\r\n",
    ];

    private readonly Random _random = new(seed);

    public byte[] Next(IReadOnlyList<byte[]> corpus)
    {
        List<byte> mail = [.. corpus[_random.Next(corpus.Count)]];
        for (var edits = _random.Next(1, 12); edits > 0 && mail.Count is > 4 and < MaxLength; edits--)
            Change(mail, corpus);
        return [.. mail];
    }

    private void Change(List<byte> mail, IReadOnlyList<byte[]> corpus)
    {
        var at = _random.Next(mail.Count);
        var length = Math.Min(_random.Next(1, 200), mail.Count - at);
        switch (_random.Next(20))
        {
            case < 4:
                mail[at] ^= (byte)(1 << _random.Next(8));
                break;
            case < 6:
                mail[at] = (byte)_random.Next(256);
                break;
            case < 9:
                mail.RemoveRange(at, length);
                break;
            case < 12:
                mail.InsertRange(_random.Next(mail.Count), mail.GetRange(at, length));
                break;
            case < 16:
                mail.InsertRange(at, Encoding.Latin1.GetBytes(Pieces[_random.Next(Pieces.Length)]));
                break;
            case 16:
                mail.RemoveRange(at, mail.Count - at);
                break;
            case 17:
                var other = corpus[_random.Next(corpus.Count)];
                var from = _random.Next(other.Length + 1);
                mail.RemoveRange(at, mail.Count - at);
                mail.AddRange(other.AsSpan(from, Math.Min(other.Length - from, MaxLength / 8)));
                break;
            case 18:
                Wrap(mail);
                break;
            default:
                BlowUp(mail, at);
                break;
        }
    }

    /// <summary>The whole mail inside others.</summary>
    private void Wrap(List<byte> mail)
    {
        var wraps = new StringBuilder();
        for (var depth = _random.Next(1, MaxWraps); depth > 0; depth--)
            wraps.Append(_random.Next(2) == 0 ? "Content-Type: message/rfc822\r\n\r\n" : $"Content-Type: multipart/mixed; boundary=w{depth}\r\n\r\n--w{depth}\r\n");
        mail.InsertRange(0, Encoding.ASCII.GetBytes(wraps.ToString()));
    }

    /// <summary>A piece a thousand times over, or the mail itself twice.</summary>
    private void BlowUp(List<byte> mail, int at)
    {
        if (_random.Next(3) == 0 && mail.Count < MaxLength / 2)
        {
            mail.AddRange(mail.ToArray());
            return;
        }
        var piece = Encoding.Latin1.GetBytes(Pieces[_random.Next(Pieces.Length)]);
        var many = new byte[piece.Length * _random.Next(10, 20_000)];
        for (var i = 0; i < many.Length; i++)
            many[i] = piece[i % piece.Length];
        mail.InsertRange(_random.Next(2) == 0 ? 0 : at, _random.Next(2) == 0 ? [.. "Subject: "u8, .. many] : many);
    }
}
