using EmailOps.Mail.Replies;

namespace EmailOps.Tests.Mail.Replies;

public class AttributionTests
{
    [Theory]
    [InlineData("On Tue, 3 May 2016 at 10:42, Jo Roe <jo@roe.example> wrote:")]
    [InlineData("On May 3, 2016, at 10:42 AM, Jo Roe <jo@roe.example> wrote:")]
    [InlineData("On Tuesday, May 3, 2016 10:42 AM, Jo Roe wrote:")]
    [InlineData("Am Di., 3. Mai 2016 um 10:42 Uhr schrieb Jo Roe <jo@roe.example>:")]
    [InlineData("Am 03.05.2016 um 10:42 schrieb Jo Roe:")]
    [InlineData("Jo Roe <jo@roe.example> schrieb am Di., 3. Mai 2016, 10:42:")]
    [InlineData("Le mar. 3 mai 2016 à 10:42, Jo Roe <jo@roe.example> a écrit :")]
    [InlineData("Le 3 mai 2016 10:42, « Jo Roe » <jo@roe.example> a écrit :")]
    [InlineData("El mar., 3 may. 2016 a las 10:42, Jo Roe (<jo@roe.example>) escribió:")]
    [InlineData("El 3/5/16 a las 10:42, Jo Roe escribió:")]
    [InlineData("Em ter., 3 de mai. de 2016 às 10:42, Jo Roe <jo@roe.example> escreveu:")]
    [InlineData("Il giorno mar 3 mag 2016 alle ore 10:42 Jo Roe <jo@roe.example> ha scritto:")]
    [InlineData("Il 03/05/2016 10:42, Jo Roe ha scritto:")]
    [InlineData("Op di 3 mei 2016 om 10:42 schreef Jo Roe <jo@roe.example>:")]
    [InlineData("Op 3 mei 2016, om 10:42 heeft Jo Roe <jo@roe.example> het volgende geschreven:")]
    [InlineData("wt., 3 maj 2016 o 10:42 Jo Roe <jo@roe.example> napisał(a):")]
    [InlineData("W dniu 03.05.2016 o 10:42, Jo Roe pisze:")]
    [InlineData("Den tis 3 maj 2016 kl 10:42 skrev Jo Roe <jo@roe.example>:")]
    [InlineData("Den tirs. 3. maj 2016 kl. 10.42 skrev Jo Roe <jo@roe.example>:")]
    [InlineData("tir. 3. mai 2016 kl. 10:42 skrev Jo Roe <jo@roe.example>:")]
    [InlineData("ti 3. toukok. 2016 klo 10.42 Jo Roe (jo@roe.example) kirjoitti:")]
    [InlineData("вт, 3 мая 2016 г. в 10:42, Jo Roe <jo@roe.example>:")]
    [InlineData("3 мая 2016 г., в 10:42, Jo Roe <jo@roe.example> написал(а):")]
    [InlineData("вт, 3 трав. 2016 р. о 10:42 Jo Roe <jo@roe.example> пише:")]
    [InlineData("út 3. 5. 2016 v 10:42 odesílatel Jo Roe <jo@roe.example> napsal:")]
    [InlineData("Jo Roe <jo@roe.example> ezt írta (időpont: 2016. máj. 3., K, 10:42):")]
    [InlineData("În mar., 3 mai 2016 la 10:42, Jo Roe <jo@roe.example> a scris:")]
    [InlineData("Jo Roe <jo@roe.example>, 3 May 2016 Sal, 10:42 tarihinde şunu yazdı:")]
    [InlineData("Στις Τρί, 3 Μαΐ 2016 στις 10:42 π.μ., ο χρήστης Jo Roe <jo@roe.example> έγραψε:")]
    [InlineData("\u202Bבתאריך יום ג׳, 3 במאי 2016 ב-10:42 מאת \u202AJo Roe\u202C <\u202Ajo@roe.example\u202C>:\u202C")]
    [InlineData("Vào Th 3, 3 thg 5, 2016 vào lúc 10:42 Jo Roe <jo@roe.example> đã viết:")]
    [InlineData("Pada tanggal Sel, 3 Mei 2016 pukul 10.42 Jo Roe <jo@roe.example> menulis:")]
    [InlineData("2016年5月3日(火) 10:42 Jo Roe <jo@roe.example>:")]
    [InlineData("2016/05/03 10:42、Jo Roe <jo@roe.example>のメール:")]
    [InlineData("在 2016年5月3日，上午10:42，Jo Roe <jo@roe.example> 写道：")]
    [InlineData("Jo Roe <jo@roe.example> 於 2016年5月3日 週二 上午10:42寫道：")]
    [InlineData("2016년 5월 3일 (화) 오전 10:42, Jo Roe <jo@roe.example>님이 작성:")]
    [InlineData("Dana uto, 3. svi 2016. u 10:42 Jo Roe <jo@roe.example> napisao je:")]
    [InlineData("In a message dated 5/3/2016 10:42:00 A.M. Eastern Daylight Time, jo@roe.example writes:")]
    [InlineData("Quoting Jo Roe <jo@roe.example>:")]
    [InlineData("-----Jo Roe/ACME wrote: -----")]
    [InlineData("03.05.2016, 10:42, \"Jo Roe\" <jo@roe.example>:")]
    [InlineData("Вторник, 3 мая 2016, 10:42 +03:00 от Jo Roe <jo@roe.example>:")]
    [InlineData("ในวันที่ อ. 3 พ.ค. 2016 เวลา 10:42 Jo Roe <jo@roe.example> เขียนว่า:")]
    [InlineData("---- On Tue, 03 May 2016 10:42:00 +0200 Jo Roe <jo@roe.example> wrote ----")]
    public void Everything_below_an_attribution_is_quoted_even_without_marks(string attribution)
    {
        var reply = ReplyParser.Parse($"Thank you, it fits.\n\n{attribution}\n\nDoes the coat fit?\nIt should be warm enough.");
        Assert.Equal("Thank you, it fits.", reply.NewText);
        Assert.Contains("warm enough", reply.QuotedText, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("On Tue, 3 May 2016 at 10:42, Jo Roe\n<jo@roe.example>\nwrote:")]
    [InlineData("Le mar. 3 mai 2016 à 10:42, Jo Roe de la boutique <jo@roe.example>\na écrit :")]
    [InlineData("Am 03.05.2016 17:48 schrieb \"Jo Roe\" <jo@roe.example\n>:")]
    [InlineData("Op 3 mei 2016 10:42 schreef \"Jo\" <jo@roe.example> het\nvolgende geschreven:")]
    public void A_folded_attribution_is_taken_whole_and_the_line_above_stays(string attribution)
    {
        var reply = ReplyParser.Parse($"On second thought, keep it.\n{attribution}\n\n> Shall we take it back?");
        Assert.Equal("On second thought, keep it.", reply.NewText);
    }

    [Theory]
    [InlineData("Jo Roe wrote:")]
    [InlineData("Missatge de Jo Roe <jo@roe.example> del dia dt., 3 de maig 2016 a les 10:42:")]
    public void A_scant_attribution_counts_when_quoted_lines_follow(string attribution) =>
        Assert.Equal("It fits.", ReplyParser.Parse($"It fits.\n\n{attribution}\n> Does it fit?").NewText);

    [Theory]
    [InlineData("On Monday 3 May 2024 I wrote:\n\nmy parcel is lost.")]
    [InlineData("On 3 May you wrote:\n\nwe refund in a week. That was a month ago!")]
    [InlineData("Am 3. Mai habe ich geschrieben:\n\nPaket fehlt.")]
    [InlineData("My husband wrote:\n\nplease cancel.")]
    [InlineData("Sizes:\n\nL and XL at 10:30")]
    public void A_sentence_that_only_resembles_one_keeps_what_follows(string text) => Assert.Equal(text, ReplyParser.Parse(text).NewText);

    [Fact]
    public void An_attribution_on_top_of_unmarked_words_keeps_them_and_doubts()
    {
        var reply = ReplyParser.Parse("On 8 May 2017 17:34, \"Jo Roe\" <jo@roe.example> wrote:\n\nYes, send it.");
        Assert.Equal("Yes, send it.", reply.NewText);
        Assert.True(reply.IsDoubtful);
    }
}
