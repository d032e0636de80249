using System.Diagnostics;
using EmailOps.Mail.Replies;

namespace EmailOps.Tests.Mail.Replies;

public class ReplyParserTests
{
    private const string Attribution = "On Tue, 3 May 2016 at 10:42, Jo Roe <jo@roe.example> wrote:";

    [Fact]
    public void Answers_between_quoted_lines_stay_with_their_questions()
    {
        var reply = ReplyParser.Parse($"Hi Jo,\n\n{Attribution}\n> Which size?\n\nLarge, please.\n\n> Which colour?\n\nBlue.\n\n> Kind regards, Jo\n");
        Assert.Equal("Hi Jo,\n\n> Which size?\n\nLarge, please.\n\n> Which colour?\n\nBlue.", reply.NewText);
        Assert.Equal([new("Which size?", "Large, please."), new("Which colour?", "Blue.")], reply.InlineAnswers);
    }

    [Fact]
    public void Words_below_a_single_quote_are_kept_without_it()
    {
        var reply = ReplyParser.Parse($"{Attribution}\n> Which size?\n> We have L and XL.\n\nLarge, please.");
        Assert.Equal("Large, please.", reply.NewText);
        Assert.Equal("Which size?\nWe have L and XL.", Assert.Single(reply.InlineAnswers).Question);
    }

    [Fact]
    public void A_quote_the_sender_chose_himself_stays()
    {
        const string Text = "> free returns within 30 days\n\nDoes that hold for sale items?";
        Assert.Equal(Text, ReplyParser.Parse(Text).NewText);
    }

    [Theory]
    [InlineData("From: Jo Roe <jo@roe.example>\nSent: Tuesday, May 3, 2016 10:42 AM\nTo: shop@example.com\nSubject: Order")]
    [InlineData("*Von:* Jo Roe [mailto:jo@roe.example]\n*Gesendet:* Dienstag, 3. Mai 2016 10:42\n*An:* shop@example.com\n*Betreff:* Bestellung")]
    [InlineData("De : Jo Roe <jo@roe.example>\nEnvoyé : mardi 3 mai 2016 10:42\nÀ : shop@example.com\nObjet : Commande")]
    [InlineData("Van: Jo Roe <jo@roe.example>\nVerzonden: dinsdag 3 mei 2016 10:42\nAan: shop@example.com\nOnderwerp: Bestelling")]
    [InlineData("От: Jo Roe <jo@roe.example>\nОтправлено: 3 мая 2016 г. 10:42\nКому: shop@example.com\nТема: Заказ")]
    [InlineData("发件人： Jo Roe <jo@roe.example>\n发送时间： 2016年5月3日 10:42\n收件人： shop@example.com\n主题： 订单")]
    [InlineData("差出人: Jo Roe <jo@roe.example>\n送信日時: 2016年5月3日 10:42\n宛先: shop@example.com\n件名: 注文")]
    [InlineData("________________________________\nFrom: Jo Roe\nSent: Tuesday\nTo: Shop\nSubject: Order")]
    [InlineData("-----Ursprüngliche Nachricht-----\nVon: Jo Roe\nGesendet: gestern")]
    [InlineData("-----Original Message-----")]
    public void A_header_block_or_separator_ends_the_new_words(string block)
    {
        var reply = ReplyParser.Parse($"Please cancel.\n\n{block}\n\nYour order is on its way.");
        Assert.Equal("Please cancel.", reply.NewText);
        Assert.EndsWith("on its way.", reply.QuotedText, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Please ship it\n\nFrom: Berlin\nTo: Munich\nDate: 3 May\n\nThanks")]
    [InlineData("My details:\n\nDate: 3 May 2024\nSubject: refund\nTo: whom it may concern\n\nI want my money back.")]
    [InlineData("Key points\n----\n\n1. it broke\n2. twice\n\n====\n\nWhat now?")]
    [InlineData("I ordered:\n-------\n2x shirt blue M\n1x trousers 32/34")]
    [InlineData("Sent from my desk, which is broken. Refund please.")]
    [InlineData("See my reply above this line of yours about postage, it still holds and I want an answer to it now")]
    [InlineData("Thanks,\nJo\n\nP.S. the order number is 1234567, mail me at jo@roe.example\nwww.roe.example")]
    [InlineData("Hello\n--\nMy order 123 has not arrived.\nWhere is it?")]
    [InlineData("It broke.\n\nSent from my iPhone\n\nP.S. my order number is 1234567")]
    [InlineData("The page shows this:\n> Error 500\n> try again")]
    [InlineData("I typed\nmysql> select 1\nmysql> select 2")]
    [InlineData("Please send it to:\n\nJo Roe\n12 High Street\nSpringfield\njo@roe.example\n+44 20 7946 0000")]
    public void Customer_words_that_resemble_structure_stay(string text) => Assert.Equal(text, ReplyParser.Parse(text).NewText);

    [Fact]
    public void A_forwarded_mail_is_taken_apart_and_without_comment_is_what_one_sees()
    {
        const string Forward = "---------- Forwarded message ---------\nFrom: Jo Roe <jo@roe.example>\nDate: Tue, May 3, 2016 at 10:42 AM\nSubject: Broken zip\nTo: Shop <shop@example.com>\n\n\nThe zip broke.";
        var forwarded = ReplyParser.Parse("See below.\n\n" + Forward);
        Assert.Equal("See below.", forwarded.NewText);
        Assert.Equal(new ForwardedMail { SaysForwarded = true, From = "Jo Roe <jo@roe.example>", To = "Shop <shop@example.com>", Subject = "Broken zip", Date = "Tue, May 3, 2016 at 10:42 AM", Text = "The zip broke." }, forwarded.Forwarded);
        Assert.Equal("The zip broke.", ReplyParser.Parse(Forward).NewText);
    }

    [Theory]
    [InlineData("-- \nJo Roe\nCEO", true)]
    [InlineData("--\nJo", true)]
    [InlineData("Sent from my iPhone", true)]
    [InlineData("Von meinem iPhone gesendet", true)]
    [InlineData("Envoyé de mon iPhone", true)]
    [InlineData("Enviado desde mi Samsung Galaxy", true)]
    [InlineData("Отправлено с iPhone", true)]
    [InlineData("iPhoneから送信", true)]
    [InlineData("发自我的 iPhone", true)]
    [InlineData("Get Outlook for Android<https://aka.ms/x>", true)]
    [InlineData("Hämta Outlook för iOS<https://aka.ms/x>", true)]
    [InlineData("Diese Nachricht wurde von meinem Android-Mobiltelefon mit K-9 Mail gesendet.", true)]
    [InlineData("Отправлено из мобильной Яндекс.Почты", true)]
    [InlineData("Best regards,\nJo Roe\nSales Manager, Roe GmbH\n+49 30 123456", true)]
    [InlineData("Best regards,\nJo Roe", false)]
    public void Signatures_are_taken_off_but_a_greeting_with_a_name_is_said_to_the_reader(string tail, bool isSignature)
    {
        var reply = ReplyParser.Parse("Where is my parcel?\n\n" + tail);
        Assert.Equal(isSignature ? "Where is my parcel?" : "Where is my parcel?\n\n" + tail, reply.NewText);
        Assert.Equal(isSignature, reply.Signature.Length > 0);
    }

    [Fact]
    public void A_mail_that_is_all_quote_still_shows_something_and_doubts()
    {
        var reply = ReplyParser.Parse($"{Attribution}\n> Does it fit?\n");
        Assert.Contains("Does it fit?", reply.NewText, StringComparison.Ordinal);
        Assert.True(reply.IsDoubtful);
        Assert.Equal("", ReplyParser.Parse($"> {Attribution}\n>\n>> {Attribution}\n").NewText);
    }

    [Fact]
    public void Answers_announced_below_in_a_mail_without_marks_raise_doubt()
    {
        const string Old = "From: Jo Roe <jo@roe.example>\nSent: Tuesday\nTo: Shop\nSubject: Order\n\nWhich size? Large. Which colour? Blue.";
        Assert.True(ReplyParser.Parse("See my answers below.\n\n" + Old).IsDoubtful);
        Assert.False(ReplyParser.Parse("Thank you!\n\n" + Old).IsDoubtful);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\r\n\r\r\n")]
    [InlineData(">")]
    [InlineData("--")]
    [InlineData(":")]
    [InlineData("\0\uD800\uFFFF")]
    public void Odd_input_gives_a_reply(string text) => Assert.NotNull(ReplyParser.Parse(text).NewText);

    public static TheoryData<string> Hostile => new(
        "> a\nb\n", "On 3 May 2020 at 10:00 x wrote:\n", "--\n", "___\na\n\n", "From: a@b\nTo: c\n", "From: a\n", "-----Original Message-----\n> x\n",
        ">", ">>> ", "\n", "a wrote:\n\n", "Sent from my iPhone\n", "Sent from nowhere\n\n", "x\n\nSent from my iPhone\n\n", "x\n--\n", "On ", "---", "ab> x\n", "Subject:\n\n", "```\n", "wrote ", "=\n");

    [Theory]
    [MemberData(nameof(Hostile))]
    public void Time_grows_with_length_only(string unit)
    {
        var text = string.Concat(Enumerable.Repeat(unit, 1_000_000 / unit.Length));
        var clock = Stopwatch.StartNew();
        ReplyParser.Parse(text);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(20), $"1 MB took {clock.Elapsed}");
    }
}
