using EmailOps.Core.Contracts;
using EmailOps.Core.Drafts;
using EmailOps.Core.Policy.Answers;

namespace EmailOps.Tests.Policy;

/// <summary>Whether a message may be answered without a person: the pure rules.</summary>
public sealed class AnswerRulesTests
{
    private static readonly DateTimeOffset s_now = new(2026, 11, 20, 9, 0, 0, TimeSpan.Zero);
    private const string Letter = "Good morning, our parcel of last week has not come and the tracking page says nothing new since Monday. Could you have a look, please?";

    private static AnswerFacts Facts(string from = "ada@customer.example", string? recipient = null) => new()
    {
        MessageId = 1, From = from, Recipient = recipient ?? from, AddressedTo = ["support@shop.example"], MailboxNames = ["support@shop.example"], OwnAddresses = ["support@shop.example", "sales@shop.example"], Words = Letter, ArrivedAt = s_now,
    };

    [Fact]
    public void A_letter_to_us_from_a_person_may_be_answered() => Assert.Null(AnswerRules.Obstacle(Facts()));

    [Theory]
    [InlineData("noreply@x.example", true)]
    [InlineData("No_Reply@x.example", true)]
    [InlineData("order-noreply+77@x.example", true)]
    [InlineData("donotreply@x.example", true)]
    [InlineData("MAILER-DAEMON@x.example", true)]
    [InlineData("postmaster@x.example", true)]
    [InlineData("bounce+ada=x.example@x.example", true)]
    [InlineData("tents-request@x.example", true)]
    [InlineData("owner-tents@x.example", true)]
    [InlineData("ne-pas-repondre@x.example", true)]
    [InlineData("norep@x.example", false)]
    [InlineData("bouncer@x.example", false)]
    [InlineData("owner@x.example", false)]
    [InlineData("request@x.example", false)]
    [InlineData("ada.reply@x.example", false)]
    public void Addresses_that_nobody_reads(string address, bool isRobot) => Assert.Equal(isRobot, RobotAddress.Is(address));

    [Fact]
    public void We_answer_neither_ourselves_nor_copies()
    {
        Assert.NotNull(AnswerRules.Obstacle(Facts("sales@shop.example")));
        Assert.NotNull(AnswerRules.Obstacle(Facts(recipient: "SUPPORT@shop.example")));
        Assert.NotNull(AnswerRules.Obstacle(Facts() with { AddressedTo = ["list@elsewhere.example"] }));
        Assert.Null(AnswerRules.Obstacle(Facts() with { AddressedTo = ["Support+t4f@shop.example"] }));
    }

    [Theory]
    [InlineData(2, 2, 2, false)]
    [InlineData(3, 3, 3, true)]
    [InlineData(0, 9, 9, true)]
    [InlineData(0, 0, 200, true)]
    public void Budgets_end_at_their_number(int hour, int day, int mailbox, bool stopped)
    {
        var obstacle = AnswerRules.Obstacle(Facts() with { ToCorrespondentInHour = hour, ToCorrespondentInDay = day, OfMailboxInHour = mailbox });
        Assert.Equal(stopped, obstacle is not null);
        if (stopped) Assert.NotNull(obstacle!.Brake);
    }

    [Fact]
    public void The_same_words_are_told_from_other_words_on_the_same_matter()
    {
        Assert.True(PingPong.Similarity(Letter, Letter.Replace("Monday", "Friday", StringComparison.Ordinal)) >= PingPong.Same);
        Assert.Equal(1, PingPong.Similarity("Ticket 4711 was opened", "Ticket 9 was opened"));
        Assert.True(PingPong.Similarity(Letter, "Hello, my parcel has not come either, although it was sent last week. When will it be here?") < 0.35);
        Assert.True(PingPong.Similarity("您的邮件已收到，我们会尽快回复。谢谢！", "您的邮件已经收到，我们会尽快回复。谢谢！") > 0.5);
        Assert.Equal(0, PingPong.Similarity("", Letter));
    }

    [Fact]
    public void The_same_words_twice_are_held_and_three_times_braked()
    {
        EarlierMessage Earlier(int hours, bool answered) => new(Letter + $" (reminder {hours})", s_now.AddHours(-hours), answered ? s_now.AddHours(-hours).AddMinutes(3) : null);

        Assert.Null(AnswerRules.Obstacle(Facts() with { Earlier = [Earlier(1, false), Earlier(2, false)] }));
        Assert.Null(AnswerRules.Obstacle(Facts() with { Earlier = [Earlier(1, true)] })!.Brake);
        Assert.NotNull(AnswerRules.Obstacle(Facts() with { Earlier = [Earlier(1, false), Earlier(2, true)] })!.Brake);
    }

    [Fact]
    public void One_quick_answer_is_a_person_at_the_keyboard_two_are_not()
    {
        var first = new EarlierMessage("Do you ship to Norway?", s_now.AddMinutes(-10), s_now.AddMinutes(-8));
        var second = new EarlierMessage("And how much is that, and how long does it take?", s_now.AddMinutes(-8).AddSeconds(20), s_now.AddSeconds(-30));

        Assert.Null(AnswerRules.Obstacle(Facts() with { Words = "Thanks!", Earlier = [first], ArrivedAt = s_now.AddMinutes(-8).AddSeconds(20) }));
        Assert.NotNull(AnswerRules.Obstacle(Facts() with { Words = "Thanks!", Earlier = [second, first] })!.Brake);
        Assert.Null(AnswerRules.Obstacle(Facts() with { Words = "Thanks!", Earlier = [second, first], ArrivedAt = s_now.AddHours(1) }));
    }

    [Theory]
    [InlineData("ada@customer.example", true)]
    [InlineData("o'brien+x@customer.example", true)]
    [InlineData("jürgen@bücher.example", true)]
    [InlineData("", false)]
    [InlineData("ada", false)]
    [InlineData("@customer.example", false)]
    [InlineData("ada@", false)]
    [InlineData("a@b@customer.example", false)]
    [InlineData("a b@customer.example", false)]
    [InlineData("a\r\nBcc: v@x.example@customer.example", false)]
    [InlineData("v%x.example@customer.example", false)]
    [InlineData("<ada@customer.example>", false)]
    [InlineData("ada@[192.0.2.1]", false)]
    [InlineData("ada@customer..example", false)]
    [InlineData("ada@-customer.example", false)]
    [InlineData("-oops@customer.example", false)]
    public void Addresses_that_mail_is_sent_to(string address, bool isGood) => Assert.Equal(isGood, ReplyRecipient.Problem(address) is null);

    [Fact]
    public void A_reply_has_one_recipient()
    {
        Assert.Equal("from@x.example", ReplyRecipient.Of("from@x.example", []));
        Assert.Equal("a@x.example", ReplyRecipient.Of("from@x.example", [new Correspondent(null, "a@x.example"), new Correspondent(null, "b@x.example")]));
        Assert.Equal("from@x.example", ReplyRecipient.Of("from@x.example", [new Correspondent(null, "b@x.example"), new Correspondent(null, "From@x.example")]));
    }
}
