namespace EmailOps.Tests.Store;

/// <summary>Short raw mails for tests of what intake makes of them.</summary>
internal static class MailText
{
    public static string Of(string? id = "a@customer.example", string subject = "Where is my parcel", string body = "It has not come.", string from = "Ada Byron <ada@customer.example>",
        string to = TestStore.Address, string? references = null, string received = "", string date = "Mon, 2 Nov 2026 08:11:53 +0000", string extra = "")
        => (received.Length > 0 ? $"Received: {received}\r\n" : "")
            + $"From: {from}\r\nTo: {to}\r\nSubject: {subject}\r\n"
            + (date.Length > 0 ? $"Date: {date}\r\n" : "")
            + (id is null ? "" : $"Message-ID: <{id}>\r\n")
            + (references is null ? "" : $"References: {references}\r\n")
            + extra
            + $"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{body}\r\n";
}
