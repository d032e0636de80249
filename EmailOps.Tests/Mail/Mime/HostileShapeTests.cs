using System.Diagnostics;
using System.Text;

namespace EmailOps.Tests.Mail.Mime;

/// <summary>
/// Shapes that make careless parsers quadratic, two megabytes of each. Read once at full length and once at half: the memory taken must grow with
/// the length, and not faster. Quadratic time would take minutes here; the time allowed is far above what linear time needs and far below that.
/// </summary>
public class HostileShapeTests
{
    private const int Length = 2 * 1024 * 1024;
    private static readonly TimeSpan FarBelowQuadratic = TimeSpan.FromSeconds(20);

    public static TheoryData<string, string> Shapes => new()
    {
        { "Subject: ", "=?" },
        { "Subject: ", "=?a?Q?" },
        { "Subject: ", "=?a?Q?=?=" },
        { "Subject: ", "=?a?Q?=E2" },
        { "Subject: ", "=?a?Q??=41" },
        { "Subject: ", "=?a?Q?b?= " },
        { "Subject: ", "\n " },
        { "To: ", "(" },
        { "To: ", "\"" },
        { "To: ", "<" },
        { "To: ", "<a@b," },
        { "To: ", "a," },
        { "To: ", "a<" },
        { "To: ", "\\" },
        { "To: ", "=?a?Q?b?=," },
        { "References: ", "<" },
        { "References: ", "a " },
        { "Content-Type: text/plain", "; a=\"" },
        { "Content-Type: text/plain", "; a*0=b" },
        { "Content-Type: text/plain; a=", "b " },
        { "Content-Type: text/plain; a=\"", "\" x" },
        { "Content-Type: text/plain", "(" },
        { "", "a\n" },
        { "", "a: b\n" },
        { "Content-Type: multipart/mixed; boundary=b\n\n", "--b\n" },
        { "Content-Type: multipart/mixed; boundary=b\n\n", "--b\nContent-Type: multipart/mixed; boundary=b\n\n" },
        { "Content-Type: multipart/mixed; boundary=b\n\n", "--b\nContent-Type: message/rfc822\n\n" },
        { "Content-Type: multipart/mixed; boundary=b\n\n", "\n--" },
        { "Content-Type: multipart/mixed\n\n", "--\n" },
        { "Content-Transfer-Encoding: base64\n\n", "*" },
        { "Content-Transfer-Encoding: base64\n\n", "=" },
        { "Content-Transfer-Encoding: quoted-printable\n\n", "=" },
        { "Content-Transfer-Encoding: quoted-printable\n\n", "= " },
        { "Content-Type: text/plain; format=flowed\n\n", "> \n" },
        { "Subject: s\n\n", "begin 644 a\n" },
        { "Subject: s\n\n", "begin 644 a\nend\n" },
        { "Content-Type: text/html\n\n", "<" },
        { "Content-Type: text/html\n\n", "<a" },
        { "Content-Type: text/html\n\n", "<a b=\"" },
        { "Content-Type: text/html\n\n", "<a b='c\">" },
        { "Content-Type: text/html\n\n", "<!--" },
        { "Content-Type: text/html\n\n", "<!" },
        { "Content-Type: text/html\n\n", "<script>" },
        { "Content-Type: text/html\n\n", "</script" },
        { "Content-Type: text/html\n\n", "<div>" },
        { "Content-Type: text/html\n\n", "<div></span>" },
        { "Content-Type: text/html\n\n", "<span><div></span>" },
        { "Content-Type: text/html\n\n", "<blockquote class=gmail_quote>a" },
        { "Content-Type: text/html\n\n", "<br>a" },
        { "Content-Type: text/html\n\n", "<li>" },
        { "Content-Type: text/html\n\n", "&" },
        { "Content-Type: text/html\n\n", "&#1;" },
        { "Content-Type: text/html\n\n<p style='", "a:b;" },
        { "Content-Type: text/html\n\n<p class='", "gmail_quote " },
        { "Content-Type: text/html\n\n<p ", "a='b' " },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Time_and_memory_grow_with_the_length_and_not_faster(string start, string repeated)
    {
        Read(start, repeated, 4096);
        var half = Read(start, repeated, Length / 2);
        var started = Stopwatch.GetTimestamp();
        var full = Read(start, repeated, Length);
        Assert.True(Stopwatch.GetElapsedTime(started) < FarBelowQuadratic, "took far longer than linear time would");
        Assert.True(full < half * 3 + 1024 * 1024, $"{half} bytes for half the length, {full} for the whole");
        Assert.True(full < 250L * 1024 * 1024, $"{full} bytes allocated");
    }

    private static long Read(string start, string repeated, int length)
    {
        var text = new StringBuilder(start);
        text.Insert(text.Length, repeated, length / repeated.Length);
        var raw = MailText.Bytes(text.ToString());
        var before = GC.GetAllocatedBytesForCurrentThread();
        ReadAll.Of(EmailOps.Mail.MailMessage.Parse(raw));
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
