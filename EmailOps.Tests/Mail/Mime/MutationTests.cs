using System.Text;
using EmailOps.Mail;

namespace EmailOps.Tests.Mail.Mime;

/// <summary>Messages damaged at random, the same way each time: nothing may throw, and memory stays in proportion to the length.</summary>
public class MutationTests
{
    private const int Rounds = 6_000;
    private const int CorpusRounds = 8;

    private static readonly string[] Pieces =
    [
        "\r\n", "\n", "\r", "\0", "--b", "--b--", "=?utf-8?B?", "?=", "=?utf-8?Q?=E2", "\"", "(", ")", "<", ">", ";", ":", ",", "@", "=", "&#x", "<!--",
        "<div>", "</div>", "<a href=\"", "Content-Type: multipart/mixed; boundary=b\r\n", "Content-Type: message/rfc822\r\n\r\n", "begin 644 x\n", "\nend\n",
        "Content-Transfer-Encoding: base64\r\n", "Content-Transfer-Encoding: quoted-printable\r\n", "charset=utf-16", "charset=utf-7", "charset=iso-2022-kr",
        "filename*0*=utf-8''%E2%8", "\u00FF\u00FE", "\u001b$B", "+AAA-", "format=flowed",
    ];

    private const string Seed = """
        From: =?utf-8?Q?J=C3=B6rg?= <joerg@example.org>
        To: "Team, Support" <help@example.com>, group: a@x.org, b@y.org;
        Subject: =?iso-8859-1?B?R3L832U=?= and more
        Date: Tue, 01 Jul 2003 10:52:37 +0200 (CEST)
        References: <a@x> <b@x>
        Content-Type: multipart/mixed; boundary="b"

        --b
        Content-Type: multipart/alternative; boundary="bb"

        --bb
        Content-Type: text/plain; charset=utf-8; format=flowed
        Content-Transfer-Encoding: quoted-printable

        Where is my order =E2=82=AC 10?=
         
        --bb
        Content-Type: text/html; charset=windows-1252

        <html><style>p{}</style><p style="color:#fff">Where <b>is</b> &eacute; my</p><blockquote>old</blockquote></html>
        --bb--
        --b
        Content-Type: application/pdf; name*0*=utf-8''%E2%82; name*1*=%AC.pdf
        Content-Transfer-Encoding: base64
        Content-Disposition: attachment; filename="=?utf-8?Q?=E2=82=AC.pdf?="

        JVBERi0xLjQKJcOkw7zDtsOfCjIgMCBvYmoKPDwvTGVuZ3RoIDMgMCBSL0ZpbHRlci9GbGF0ZURl
        --b
        Content-Type: message/rfc822

        Subject: inner

        begin 644 cat.txt
        #0V%T
        end
        --b--
        """;

    [Fact]
    public void No_damage_makes_the_reader_throw()
    {
        var random = new Random(20260131);
        var seed = MailText.Bytes(Seed);
        for (var round = 0; round < Rounds; round++)
            Check(Damage(seed, random), $"round {round}");
    }

    [Fact]
    public void No_damage_to_real_mail_makes_the_reader_throw()
    {
        if (SharedData.Find("mime-parse") is not { } folder)
            return;
        var random = new Random(42);
        foreach (var path in Directory.EnumerateFiles(folder, "*.eml", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            var raw = File.ReadAllBytes(path);
            for (var round = 0; raw.Length < 60_000 && round < CorpusRounds; round++)
                Check(Damage(raw, random), $"{path} round {round}");
        }
    }

    private static void Check(byte[] raw, string what)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            ReadAll.Of(MailMessage.Parse(raw));
        }
        catch (Exception thrown)
        {
            throw new InvalidOperationException($"{what} threw; the message begins {Encoding.Latin1.GetString(raw.AsSpan(0, Math.Min(300, raw.Length)))}", thrown);
        }
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated < 400L * raw.Length + 4 * 1024 * 1024, $"{what}: {allocated} bytes for a message of {raw.Length}");
    }

    private static byte[] Damage(byte[] seed, Random random)
    {
        List<byte> bytes = [.. seed];
        for (var edits = random.Next(1, 12); edits > 0; edits--)
        {
            var at = random.Next(bytes.Count + 1);
            var length = Math.Min(random.Next(1, 40), bytes.Count - at);
            switch (random.Next(5))
            {
                case 0:
                    bytes.RemoveRange(at, length);
                    break;
                case 1:
                    bytes.InsertRange(at, Encoding.Latin1.GetBytes(Pieces[random.Next(Pieces.Length)]));
                    break;
                case 2:
                    bytes.InsertRange(at, bytes.GetRange(at, length));
                    break;
                case 3 when at < bytes.Count:
                    bytes[at] = (byte)random.Next(256);
                    break;
                default:
                    if (random.Next(20) == 0)
                        bytes.RemoveRange(at, bytes.Count - at);
                    break;
            }
        }
        return [.. bytes];
    }
}
