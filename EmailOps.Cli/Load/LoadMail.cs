using System.Globalization;
using EmailOps.Mail;
using EmailOps.Mail.Writing;

namespace EmailOps.Cli.Load;

/// <summary>Mail made for a load test: questions as customers of a shop ask them, from people who do not exist. Each carries the mark by which it is found and removed.</summary>
internal static class LoadMail
{
    /// <summary>A domain that nobody can have (RFC 2606, section 2), so that nothing that is answered by mistake can arrive.</summary>
    public const string Domain = "load.emailops.invalid";
    /// <summary>The mailbox that load by the Api goes to. It has no server, so nothing leaves.</summary>
    public const string Mailbox = "load-test@" + Domain;
    public const string Header = "X-EmailOps-Load";

    private static readonly (string Subject, string Text)[] Questions =
    [
        ("Where is my parcel?", "I ordered on {0} and the order {1} has still not arrived. The tracking page has not changed for days. Can you tell me where it is?"),
        ("Return of order {1}", "The jacket is one size too small. I would like to send it back and have the money returned. How do I get a label for order {1}?"),
        ("Charged twice for {1}", "My card was charged twice for order {1} on {0}. Please check this and refund the second payment."),
        ("Change of address", "I have moved since I ordered. Can order {1} still be sent to my new address? It has not been shipped yet."),
        ("Zip broken after a week", "The zip of the trousers from order {1} broke after a week. I am not happy. What can you do for me?"),
        ("Question about sizes", "I am between two sizes of the parka. Would you take the larger or the smaller one? I wear it over a thick pullover."),
        ("Invoice for {1}", "For my tax return I need an invoice for order {1} of {0}. Could you send me one?"),
        ("URGENT: gift must be there on Friday", "Order {1} is a birthday present and has to be here on Friday! Nobody answers the phone. Please help at once."),
    ];

    /// <summary>The Message-ID of one mail of a run, without angle brackets.</summary>
    public static string MessageId(string run, int number) => string.Create(CultureInfo.InvariantCulture, $"{run}.{number}@{Domain}");

    /// <param name="run">The same for all mails of a run: letters and digits.</param>
    /// <param name="number">From 0.</param>
    /// <param name="to">Whom it goes to.</param>
    /// <param name="at">Its date.</param>
    public static ReadOnlyMemory<byte> Make(string run, int number, string to, DateTimeOffset at)
    {
        var (subject, text) = Questions[number % Questions.Length];
        var order = string.Create(CultureInfo.InvariantCulture, $"{10_000_000 + number * 7919L % 89_999_999}");
        var day = at.AddDays(-3 - number % 20).ToString("d MMMM", CultureInfo.InvariantCulture);
        // Different words for each, or the intake would rightly take them for copies.
        return MailWriter.ToBytes(new OutgoingMail
        {
            From = [new Address($"Customer {number}", string.Create(CultureInfo.InvariantCulture, $"customer{number}@{Domain}"))],
            To = [new Address("", to)],
            Subject = string.Format(CultureInfo.InvariantCulture, subject, day, order),
            Date = at,
            MessageId = MessageId(run, number),
            Headers = [new(Header, run)],
            Text = string.Format(CultureInfo.InvariantCulture, $"Hello,\n\n{text}\n\nThank you,\nCustomer {{2}}\n", day, order, number),
        });
    }
}
