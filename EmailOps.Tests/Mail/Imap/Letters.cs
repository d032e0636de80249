namespace EmailOps.Tests.Mail.Imap;

/// <summary>Small mails with CRLF, each different.</summary>
internal static class Letters
{
    public static string Plain(int number, int bodyLength = 40) =>
        $"From: Ada <ada@customer.example>\r\nTo: support@shop.example\r\nSubject: Letter {number}\r\nMessage-ID: <letter.{number}@customer.example>\r\n\r\n" +
        string.Concat(Enumerable.Repeat($"Words of {number} {{5}}\r\n", 1 + (bodyLength / 20)));
}
