using System.Text;
using EmailOps.Mail;
using EmailOps.Mail.Automated;

namespace EmailOps.Tests.Mail.Automated;

public class BounceTests
{
    private static string Report(string action, string status, string diagnostic) => $"""
        Return-Path: <>
        From: Mail Delivery System <MAILER-DAEMON@mx.example.com>
        Subject: Undelivered Mail Returned to Sender
        Content-Type: multipart/report; report-type=delivery-status; boundary="b"

        --b
        Content-Type: text/plain

        Your message did not arrive.
        --b
        Content-Type: message/delivery-status

        Reporting-MTA: dns; mx.example.com

        Final-Recipient: rfc822; jo@roe.example
        Action: {action}
        Status: {status}
        Diagnostic-Code: {diagnostic}

        --b
        Content-Type: message/rfc822

        Message-ID: <original@shop.example>
        Subject: Your order

        Hello
        --b--
        """;

    [Theory]
    [InlineData("failed", "5.1.1", "smtp; 550 5.1.1 No such user", "5.1.1", true)]
    [InlineData("failed", "5.0.0", "smtp; 550 5.7.1 Relay access denied", "5.7.1", false)]
    [InlineData("failed", "5.0.0", "smtp; 550 No such user here", "5.0.0", true)]
    [InlineData("failed", "5.1.1", "smtp; 550 5.7.1 IP address blacklisted by recipient", "5.7.1", false)]
    [InlineData("failed", "5.0.0", "smtp; 5.1.0 - Unknown address error 550-'5.2.2 <jo@roe.example>... Mailbox full'", "5.2.2", false)]
    [InlineData("delayed", "4.4.7", "smtp; 451 4.7.1 Greylisted, please try again", "4.7.1", false)]
    [InlineData("expired", "4.4.1", "X-Postfix; connect to roe.example[192.0.2.1]:25: Connection timed out", "4.4.1", false)]
    public void The_status_is_what_the_remote_server_said_unless_the_field_is_more_exact(string action, string field, string diagnostic, string status, bool hard)
    {
        var found = Classify(Report(action, field, diagnostic));
        Assert.Equal((AutomatedKind.Bounce, status, hard), (found.Kind, found.Status, found.IsHard));
        Assert.Equal(("jo@roe.example", "original@shop.example"), (found.Recipient, found.OriginalMessageId));
    }

    [Theory]
    [InlineData("delivered", "2.0.0")]
    [InlineData("relayed", "2.1.5")]
    public void A_report_of_success_is_no_bounce(string action, string status) =>
        Assert.Equal(AutomatedKind.DeliveredNotice, Classify(Report(action, status, "smtp; 250 Ok")).Kind);

    [Theory]
    // qmail
    [InlineData("MAILER-DAEMON@mx.example", "failure notice", "Hi. This is the qmail-send program at mx.example.\nI'm afraid I wasn't able to deliver your message to the following addresses.\n\n<jo@roe.example>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n--- Below this line is a copy of the message.\n\nMessage-ID: <o@shop.example>\n", "5.1.1")]
    // Exim
    [InlineData("Mailer-Daemon@mx.example", "Mail delivery failed: returning message to sender", "This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered:\n\n  jo@roe.example\n    host mx.roe.example [192.0.2.1]: 550 5.2.1 mailbox disabled\n\n------ This is a copy of the message, including all the headers. ------\n\nReceived: from x\nMessage-ID: <o@shop.example>\n", "5.2.1")]
    // sendmail
    [InlineData("MAILER-DAEMON@mx.example", "Returned mail: see transcript for details", "   ----- The following addresses had permanent fatal errors -----\n<jo@roe.example>\n    (reason: 550 5.1.1 User unknown)\n\n   ----- Original message follows -----\nReceived: from x\nMessage-ID: <o@shop.example>\n", "5.1.1")]
    // a carrier with no header to go by
    [InlineData("post_master@carrier.example", "Re:Your parcel", "Error: Invalid user address\n\nError message below:\n550 - no such user: jo@roe.example\n\nReceived: from x\nMessage-ID: <o@shop.example>\n", null)]
    public void Reports_in_words_are_recognised_with_status_recipient_and_original(string from, string subject, string body, string? status)
    {
        var found = Classify($"From: {from}\nTo: shop@shop.example\nSubject: {subject}\n\n{body}");
        Assert.Equal((AutomatedKind.Bounce, status), (found.Kind, found.Status));
        Assert.Equal(("jo@roe.example", "o@shop.example"), (found.Recipient, found.OriginalMessageId));
    }

    [Theory]
    [InlineData("Order not delivered", "My parcel could not be delivered, the courier was unable to deliver it twice. Returned to sender!")]
    [InlineData("Delivery failed", "It says delivery failed, and the tracking page shows error 550. What now?")]
    [InlineData("Undelivered parcel", "Le colis n'a pas pu être remis. Where is it?")]
    [InlineData("Re: Undeliverable: Your order", "I got this:\n> Delivery has failed to these recipients or groups:\n> shop@shop.example\nPlease tell me your right address.")]
    [InlineData("Version question", "We run Exim 4.7.2 and paid 500 EUR for it.")]
    public void Customers_who_write_of_parcels_that_did_not_arrive_are_people(string subject, string body) =>
        Assert.Equal(AutomatedKind.Normal, Classify($"From: Jo Roe <jo@roe.example>\nReturn-Path: <jo@roe.example>\nSubject: {subject}\n\n{body}").Kind);

    [Fact]
    public void Old_Macintosh_line_ends_make_no_difference()
    {
        var text = Report("failed", "5.1.1", "smtp; 550 5.1.1 No such user").Replace("\r\n", "\n", StringComparison.Ordinal);
        Assert.Equivalent(Classify(text), Classify(text.Replace('\n', '\r')), strict: true);
        Assert.Equivalent(Classify(text), Classify(text.Replace("\n", "\r\n", StringComparison.Ordinal)), strict: true);
    }

    [Fact]
    public void A_report_whose_boundaries_are_broken_is_read_from_its_text()
    {
        var found = Classify(Report("failed", "5.2.2", "smtp; 552 5.2.2 Quota exceeded").Replace("boundary=\"b\"", "boundary=\"other\"", StringComparison.Ordinal));
        Assert.Equal((AutomatedKind.Bounce, "5.2.2", false), (found.Kind, found.Status, found.IsHard));
    }

    [Theory]
    [InlineData("550 5.1.1 unknown", "5.1.1")]
    [InlineData("550-5.7.26 no 550 5.7.26 DMARC", "5.7.26")]
    [InlineData("no mailbox (#5.1.1)", "5.1.1")]
    [InlineData("550 #5.1.0 Address rejected.", "5.1.0")]
    [InlineData("host 5.1.1.4 refused", null)]
    [InlineData("Exim 4.7.2 at work", null)]
    [InlineData("Windows 5.9.1", null)]
    [InlineData("5.1.12345", null)]
    [InlineData("", null)]
    public void Status_codes_are_told_from_addresses_and_versions(string text, string? code) => Assert.Equal(code, Classify($"From: MAILER-DAEMON@mx.example\nSubject: failure notice\n\n{text}\n").Status);

    private static AutomatedFinding Classify(string text) => AutomatedMail.Classify(MailMessage.Parse(Encoding.UTF8.GetBytes(text)));
}
