using System.Globalization;
using System.Text;

namespace EmailOps.Benchmarks.Chaos;

/// <summary>Mails of customers who each ask something once; most are answered automatically under the chaos policy. The same seed gives the same mails.</summary>
internal sealed class ChaosMail(int seed, string to)
{
    private static readonly (string Subject, string Body)[] Questions =
    [
        ("Where is my order?", "Hello,\r\n\r\nI ordered a pair of walking shoes last Tuesday, order number NO-{0}, and the page has shown Packing ever since. Could you tell me whether it has been sent?"),
        ("How do I return a jacket", "Hi,\r\n\r\nthe jacket of order NO-{0} is too small. How do I send it back, and when do I get my money?"),
        ("Password", "Good morning,\r\n\r\nI forgot the password of my account. How can I set a new one? The link in your e-mail does not work any more. My customer number is {0}."),
        ("Delivery time and shipping costs", "Dear team,\r\n\r\nhow long does standard delivery to Germany take and what does it cost? I am thinking of ordering a parka for {0}."),
        ("Cancel my order", "Hello,\r\n\r\nplease tell me how I can cancel order NO-{0}. I placed it an hour ago by mistake."),
        ("Gift card", "Hi there,\r\n\r\nhow long is a gift card valid and can I use two of them for one order? The number of mine ends in {0}."),
    ];

    private static readonly DateTimeOffset First = new(2026, 11, 2, 8, 0, 0, TimeSpan.Zero);

    /// <param name="number">From 1; also its Message-ID.</param>
    public byte[] Next(int number)
    {
        var random = new Random(HashCode.Combine(seed, number));
        var (subject, body) = Questions[random.Next(Questions.Length)];
        var order = 1_000_000 + number;
        var mail = new StringBuilder();
        mail.Append(CultureInfo.InvariantCulture, $"Received: from mx.customer{number}.example (mx.customer{number}.example [192.0.2.7])\r\n\tby mx.shop.example with ESMTPS id {number:x8};\r\n\t{Stamp(number)}\r\n");
        mail.Append(CultureInfo.InvariantCulture, $"From: \"Customer {number}\" <ada{number}@customer{number}.example>\r\nTo: <{to}>\r\nSubject: {subject} ({order})\r\nDate: {Stamp(number)}\r\nMessage-ID: <{Id(number)}>\r\nMIME-Version: 1.0\r\n");
        var text = string.Format(CultureInfo.InvariantCulture, body, order) + "\r\n\r\nMany thanks\r\nCustomer " + number.ToString(CultureInfo.InvariantCulture) + "\r\n";
        if (number % 4 != 0) return Encoding.ASCII.GetBytes(mail.Append("Content-Type: text/plain; charset=utf-8\r\n\r\n").Append(text).ToString());
        // Some are large, so that there is a middle to be cut in.
        var file = new byte[20_000 + random.Next(60_000)];
        random.NextBytes(file);
        mail.Append("Content-Type: multipart/mixed; boundary=\"part\"\r\n\r\n--part\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n").Append(text)
            .Append("--part\r\nContent-Type: image/jpeg; name=\"photo.jpg\"\r\nContent-Disposition: attachment; filename=\"photo.jpg\"\r\nContent-Transfer-Encoding: base64\r\n\r\n")
            .Append(Convert.ToBase64String(file, Base64FormattingOptions.InsertLineBreaks)).Append("\r\n--part--\r\n");
        return Encoding.ASCII.GetBytes(mail.ToString());
    }

    public string Id(int number) => string.Create(CultureInfo.InvariantCulture, $"chaos.{seed}.{number}@customer{number}.example");

    private static string Stamp(int number) => First.AddSeconds(number * 17L).ToString("ddd, dd MMM yyyy HH:mm:ss", CultureInfo.InvariantCulture) + " +0000";
}
