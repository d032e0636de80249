using System.Globalization;
using System.Text;

namespace EmailOps.Benchmarks.Throughput;

/// <summary>
/// Synthetic business mails of 10 to 30 kB (mean near 20): three Received lines, quoted-printable text and HTML alternatives, as a rule one
/// base64 attachment; words from the training examples under samples/. The same seed gives the same mails.
/// </summary>
internal sealed class BusinessMail(IReadOnlyList<string> texts, int seed)
{
    private readonly Random _random = new(seed);
    private static readonly DateTimeOffset First = new(2026, 1, 5, 8, 0, 0, TimeSpan.Zero);

    /// <summary>An mbox of mails with these numbers.</summary>
    public static string Write(string path, IReadOnlyList<string> texts, int first, int count)
    {
        var mails = new BusinessMail(texts, seed: 7);
        using var file = File.Create(path);
        for (var i = 0; i < count; i++)
        {
            file.Write("From bench@shop.example Mon Jan  5 08:00:00 2026\r\n"u8);
            file.Write(mails.Next(first + i));
            file.Write("\r\n"u8);
        }
        return path;
    }

    public byte[] Next(int number)
    {
        var mail = new StringBuilder(32_000);
        var date = First.AddSeconds(number * 37L);
        var stamp = date.ToString("ddd, dd MMM yyyy HH:mm:ss", CultureInfo.InvariantCulture) + " +0000";
        var sender = string.Create(CultureInfo.InvariantCulture, $"person{number % 4999}@sender{number % 97}.example");
        for (var hop = 0; hop < 3; hop++)
            mail.Append(CultureInfo.InvariantCulture, $"Received: from relay{hop}.sender{number % 97}.example (relay{hop}.sender{number % 97}.example [192.0.2.{hop + 1}])\r\n\tby mx{hop}.shop.example with ESMTPS id {number:x8}{hop};\r\n\t{stamp}\r\n");
        mail.Append(CultureInfo.InvariantCulture, $"From: \"Person {number % 4999}\" <{sender}>\r\nTo: Support <support@shop.example>\r\nSubject: {Subject()} {number}\r\nDate: {stamp}\r\nMessage-ID: <{number}.{seed}@sender{number % 97}.example>\r\n");
        mail.Append("MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"outer\"\r\n\r\n--outer\r\nContent-Type: multipart/alternative; boundary=\"inner\"\r\n\r\n");
        var words = Words(1_200 + _random.Next(2_400), number);
        mail.Append("--inner\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n");
        QuotedPrintable(mail, words);
        mail.Append("--inner\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n");
        QuotedPrintable(mail, "<html><head><style>p { margin: 0 0 1em; font-family: Arial, sans-serif }</style></head><body><p>" + words.Replace("\r\n\r\n", "</p>\r\n<p>", StringComparison.Ordinal) + "</p></body></html>\r\n");
        mail.Append("--inner--\r\n");
        if (number % 5 != 0) Attachment(mail, 4_000 + _random.Next(12_000));
        mail.Append("--outer--\r\n");
        return Encoding.ASCII.GetBytes(mail.ToString());
    }

    private string Subject()
    {
        var text = texts[_random.Next(texts.Count)].AsSpan();
        var end = text.IndexOfAny('.', '?', '!');
        var line = text[..Math.Min(end < 0 ? text.Length : end, 60)];
        var ascii = new StringBuilder();
        foreach (var c in line) ascii.Append(c is >= ' ' and < '\u007f' ? c : '?');
        return ascii.ToString();
    }

    private string Words(int length, int number)
    {
        var words = new StringBuilder("Hello,\r\n\r\n", length + 400);
        while (words.Length < length) words.Append(texts[_random.Next(texts.Count)].ReplaceLineEndings(" ")).Append("\r\n\r\n");
        return words.Append(CultureInfo.InvariantCulture, $"My order number is {100000 + number}.\r\n\r\nKind regards\r\nPerson {number % 4999}\r\n").ToString();
    }

    private static void QuotedPrintable(StringBuilder mail, string text)
    {
        foreach (var line in text.Split("\r\n"))
        {
            var column = 0;
            foreach (var b in Encoding.UTF8.GetBytes(line))
            {
                if (column > 70)
                {
                    mail.Append("=\r\n");
                    column = 0;
                }
                if (b is >= 33 and < 127 and not (byte)'=' || b == ' ')
                {
                    mail.Append((char)b);
                    column++;
                }
                else
                {
                    mail.Append(CultureInfo.InvariantCulture, $"={b:X2}");
                    column += 3;
                }
            }
            mail.Append("\r\n");
        }
    }

    private void Attachment(StringBuilder mail, int size)
    {
        var bytes = new byte[size];
        _random.NextBytes(bytes);
        mail.Append("--outer\r\nContent-Type: application/pdf; name=\"invoice.pdf\"\r\nContent-Disposition: attachment; filename=\"invoice.pdf\"\r\nContent-Transfer-Encoding: base64\r\n\r\n");
        mail.Append(Convert.ToBase64String(bytes, Base64FormattingOptions.InsertLineBreaks)).Append("\r\n");
    }
}
