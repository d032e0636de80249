using System.Text;
using EmailOps.Mail;
using EmailOps.Mail.Automated;
using EmailOps.Mail.Writing;

namespace EmailOps.Tests.Mail.Automated;

/// <summary>
/// Reports on mails that our writer wrote, in the forms of the servers that write most of them, with the original returned whole, as headers only, or not at
/// all: the report must name our Message-ID, or nobody learns that a reply did not arrive. The forms are written for this project after what these servers send.
/// </summary>
public class OwnBounceTests
{
    private const string Id = "emailops.k3v9x2m7q4w8z1n5b6t0r3y7u2p9s4d8.1f4a2@support-desk.a-rather-long-shop-name.example";

    private static readonly string Sent = Encoding.ASCII.GetString(MailWriter.ToBytes(new OutgoingMail
    {
        From = [new Address("Größe & Söhne, Kundendienst", "support@support-desk.a-rather-long-shop-name.example")],
        To = [new Address("Kim", "kim@customer.example")],
        Subject = "Re: Wo bleibt meine Bestellung? Sie ist seit über zwei Wochen überfällig",
        Date = new DateTimeOffset(2026, 11, 21, 14, 0, 0, TimeSpan.FromHours(1)),
        MessageId = Id,
        InReplyTo = "customer-1@customer.example",
        References = ["customer-0@customer.example", "customer-1@customer.example"],
        Headers = OutgoingMail.AutomaticReplyHeaders,
        Text = "Guten Tag,\n\nIhre Bestellung ist unterwegs.\n\n-- \nGröße & Söhne\n",
        Html = HtmlFromText.Convert("Guten Tag,\n\nIhre Bestellung ist unterwegs.\n"),
    }).Span);

    private static readonly string Head = Sent[..(Sent.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 2)];

    public static TheoryData<string> Returned => new("message/rfc822", "text/rfc822-headers", "refolded");

    [Theory]
    [MemberData(nameof(Returned))]
    public void Postfix(string returned) => Expect("5.1.1", true, $"""
        Return-Path: <>
        From: MAILER-DAEMON@mx.example.com (Mail Delivery System)
        Subject: Undelivered Mail Returned to Sender
        To: support@support-desk.a-rather-long-shop-name.example
        Auto-Submitted: auto-replied
        MIME-Version: 1.0
        Content-Type: multipart/report; report-type=delivery-status;
            boundary="4XyZ1.1763733600/mx.example.com"

        This is a MIME-encapsulated message.

        --4XyZ1.1763733600/mx.example.com
        Content-Description: Notification
        Content-Type: text/plain; charset=us-ascii

        This is the mail system at host mx.example.com.

        I'm sorry to have to inform you that your message could not
        be delivered to one or more recipients. It's attached below.

        <kim@customer.example>: host in.customer.example[192.0.2.7] said: 550 5.1.1
            <kim@customer.example>: Recipient address rejected: User unknown (in reply
            to RCPT TO command)

        --4XyZ1.1763733600/mx.example.com
        Content-Description: Delivery report
        Content-Type: message/delivery-status

        Reporting-MTA: dns; mx.example.com
        X-Postfix-Queue-ID: 4XyZ1
        Arrival-Date: Sat, 21 Nov 2026 14:00:01 +0100 (CET)

        Final-Recipient: rfc822; kim@customer.example
        Original-Recipient: rfc822;kim@customer.example
        Action: failed
        Status: 5.1.1
        Remote-MTA: dns; in.customer.example
        Diagnostic-Code: smtp; 550 5.1.1 <kim@customer.example>: Recipient address
            rejected: User unknown

        {Part("4XyZ1.1763733600/mx.example.com", returned)}
        --4XyZ1.1763733600/mx.example.com--
        """);

    [Theory]
    [MemberData(nameof(Returned))]
    public void Exim(string returned) => Expect("5.2.2", false, $"""
        Return-path: <>
        From: Mail Delivery System <Mailer-Daemon@mail.example.org>
        To: support@support-desk.a-rather-long-shop-name.example
        Subject: Mail delivery failed: returning message to sender
        Auto-Submitted: auto-replied
        X-Failed-Recipients: kim@customer.example
        Message-Id: <E1vMabc-0001Yz-2K@mail.example.org>
        MIME-Version: 1.0
        Content-Type: multipart/report; report-type=delivery-status; boundary=1763733600-eximdsn-1804289383

        --1763733600-eximdsn-1804289383
        Content-type: text/plain; charset=us-ascii

        This message was created automatically by mail delivery software.

        A message that you sent could not be delivered to one or more of its
        recipients. This is a permanent error. The following address(es) failed:

          kim@customer.example
            host in.customer.example [192.0.2.7]
            SMTP error from remote mail server after RCPT TO:<kim@customer.example>:
            552 5.2.2 Mailbox full

        --1763733600-eximdsn-1804289383
        Content-type: message/delivery-status

        Reporting-MTA: dns; mail.example.org

        Action: failed
        Final-Recipient: rfc822;kim@customer.example
        Status: 5.0.0
        Remote-MTA: dns; in.customer.example
        Diagnostic-Code: smtp; 552 5.2.2 Mailbox full

        {Part("1763733600-eximdsn-1804289383", returned)}
        --1763733600-eximdsn-1804289383--
        """);

    [Fact]
    public void Exim_in_plain_words_with_a_copy_below() => Expect(null, true, $"""
        Return-path: <>
        From: Mail Delivery System <Mailer-Daemon@mail.example.org>
        To: support@support-desk.a-rather-long-shop-name.example
        Subject: Mail delivery failed: returning message to sender
        Auto-Submitted: auto-replied
        X-Failed-Recipients: kim@customer.example

        This message was created automatically by mail delivery software.

        A message that you sent could not be delivered to one or more of its
        recipients. This is a permanent error. The following address(es) failed:

          kim@customer.example
            Unrouteable address

        ------ This is a copy of the message, including all the headers. ------

        {Lines(Sent)}
        """);

    [Theory]
    [InlineData("message/rfc822", false)]
    [InlineData("text/rfc822-headers", false)]
    [InlineData("refolded", false)]
    [InlineData(null, true)]
    public void Exchange(string? returned, bool inReplyTo) => Expect("5.1.10", true, $"""
        Received: from AM0PR01.example.com by DB9PR02.example.com; Sat, 21 Nov 2026 13:00:05 +0000
        From: <postmaster@customer.example>
        To: <support@support-desk.a-rather-long-shop-name.example>
        Date: Sat, 21 Nov 2026 13:00:05 +0000
        MIME-Version: 1.0
        Content-Type: multipart/report; report-type=delivery-status;
            boundary="_000_b7e0c1_"
        Content-Language: en-US
        Message-ID: <f1d2@DB9PR02.example.com>{(inReplyTo ? $"\nIn-Reply-To: <{Id}>\nReferences: <{Id}>" : "")}
        Subject: Undeliverable: =?utf-8?Q?Re:_Wo_bleibt_meine_Bestellung=3F?=
        Auto-Submitted: auto-replied

        --_000_b7e0c1_
        Content-Type: multipart/alternative; differences=Content-Type;
            boundary="_001_b7e0c1_"

        --_001_b7e0c1_
        Content-Type: text/plain; charset="us-ascii"
        Content-Transfer-Encoding: quoted-printable

        Your message to kim@customer.example couldn't be delivered.
        kim wasn't found at customer.example.
        Status code: 550 5.1.10

        --_001_b7e0c1_
        Content-Type: text/html; charset="us-ascii"

        <html><body><p>Your message to <b>kim@customer.example</b> couldn't be delivered.</p></body></html>

        --_001_b7e0c1_--

        --_000_b7e0c1_
        Content-Type: message/delivery-status

        Reporting-MTA: dns;DB9PR02.example.com
        Received-From-MTA: dns;mx.example.com
        Arrival-Date: Sat, 21 Nov 2026 13:00:04 +0000

        Final-Recipient: rfc822;kim@customer.example
        Action: failed
        Status: 5.1.10
        Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient kim@customer.example not found by SMTP address lookup

        {(returned is null ? "" : Part("_000_b7e0c1_", returned))}
        --_000_b7e0c1_--
        """);

    [Theory]
    [InlineData("failed", "5.7.26", "550-5.7.26 Your email has been blocked because the sender is unauthenticated.", false)]
    [InlineData("delayed", "4.4.1", "451 4.4.1 [in.customer.example] timed out", false)]
    public void Gmail(string action, string status, string diagnostic, bool isHard)
    {
        foreach (var returned in (string?[])["message/rfc822", "text/rfc822-headers", null])
        {
            Expect(status, isHard, $"""
                Return-Path: <>
                From: Mail Delivery Subsystem <mailer-daemon@googlemail.com>
                To: support@support-desk.a-rather-long-shop-name.example
                Auto-Submitted: auto-replied
                Subject: Delivery Status Notification ({(action == "failed" ? "Failure" : "Delay")})
                References: <{Id}>
                In-Reply-To: <{Id}>
                X-Failed-Recipients: kim@customer.example
                Message-ID: <6560a1b2.abc.GMR@mx.google.com>
                MIME-Version: 1.0
                Content-Type: multipart/report; boundary="000000000000aa11"; report-type=delivery-status

                --000000000000aa11
                Content-Type: multipart/related; boundary="000000000000aa12"

                --000000000000aa12
                Content-Type: multipart/alternative; boundary="000000000000aa13"

                --000000000000aa13
                Content-Type: text/plain; charset="UTF-8"

                ** {(action == "failed" ? "Message blocked" : "Delivery incomplete")} **

                Your message to kim@customer.example {(action == "failed" ? "has been blocked" : "is delayed")}. See technical details below.

                The response from the remote server was:
                {diagnostic}

                --000000000000aa13--

                --000000000000aa12
                Content-Type: image/png; name="icon.png"
                Content-Disposition: attachment; filename="icon.png"
                Content-Transfer-Encoding: base64
                Content-ID: <icon.png>

                iVBORw0KGgo=
                --000000000000aa12--

                --000000000000aa11
                Content-Type: message/delivery-status

                Reporting-MTA: dns; googlemail.com
                Arrival-Date: Sat, 21 Nov 2026 05:00:02 -0800 (PST)
                X-Original-Message-ID: <{Id}>

                Final-Recipient: rfc822; kim@customer.example
                Action: {action}
                Status: {status}
                Diagnostic-Code: smtp; {diagnostic}

                {(returned is null ? "" : Part("000000000000aa11", returned))}
                --000000000000aa11--
                """);
        }
    }

    private static void Expect(string? status, bool isHard, string report)
    {
        var found = AutomatedMail.Classify(MailMessage.Parse(Encoding.UTF8.GetBytes(report.ReplaceLineEndings("\r\n"))));
        Assert.Equal((AutomatedKind.Bounce, Id, "kim@customer.example", status, isHard), (found.Kind, found.OriginalMessageId, found.Recipient, found.Status, found.IsHard));
    }

    /// <summary>The returned mail: whole, its header, or its header folded anew as Exchange does with long identifiers.</summary>
    private static string Part(string boundary, string returned) => returned switch
    {
        "message/rfc822" => $"--{boundary}\nContent-Description: Undelivered Message\nContent-Type: message/rfc822\n\n{Lines(Sent)}\n",
        "refolded" => $"--{boundary}\nContent-Type: text/rfc822-headers\n\nReceived: from mx.example.com\n{Lines(Head).Replace("Message-ID: ", "Message-ID:\n\t", StringComparison.Ordinal)}\n",
        _ => $"--{boundary}\nContent-Description: Undelivered Message Headers\nContent-Type: text/rfc822-headers\n\n{Lines(Head)}\n",
    };

    private static string Lines(string mail) => mail.Replace("\r\n", "\n", StringComparison.Ordinal);
}
