using EmailOps.Mail.Replies;

namespace EmailOps.Tests.Mail.Replies;

public class HtmlReplyTests
{
    [Theory]
    // Gmail
    [InlineData("<div dir=\"ltr\">It fits.</div><br><div class=\"gmail_quote\"><div dir=\"ltr\" class=\"gmail_attr\">On Tue, 3 May 2016 at 10:42, Jo &lt;<a href=\"mailto:jo@roe.example\">jo@roe.example</a>&gt; wrote:<br></div><blockquote class=\"gmail_quote\"><div>Does it fit?</div></blockquote></div>")]
    // Gmail in a language no table knows
    [InlineData("<div>It fits.</div><div class=\"gmail_quote\"><div class=\"gmail_attr\">xx yy zz:</div><div>Does it fit?</div></div>")]
    // Outlook for the desktop
    [InlineData("<p class=MsoNormal>It fits.</p><div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm'><p class=MsoNormal><b>From:</b> Jo Roe &lt;jo@roe.example&gt;<br><b>Sent:</b> Tuesday, May 3, 2016<br><b>To:</b> Shop<br><b>Subject:</b> Order</p></div><p>Does it fit?</p>")]
    // Outlook on the web
    [InlineData("<div>It fits.</div><div id=\"appendonsend\"></div><hr><div id=\"divRplyFwdMsg\"><b>Von:</b> Jo<br><b>Gesendet:</b> Dienstag<br><b>An:</b> Shop<br><b>Betreff:</b> Bestellung</div><div>Does it fit?</div>")]
    // Apple
    [InlineData("<div>It fits.<br><br><blockquote type=\"cite\">On 3 May 2016, at 10:42, Jo Roe &lt;jo@roe.example&gt; wrote:<br><br>Does it fit?</blockquote></div>")]
    // Thunderbird
    [InlineData("<p>It fits.</p><div class=\"moz-cite-prefix\">Am 03.05.2016 um 10:42 schrieb Jo:<br></div><blockquote type=\"cite\"><p>Does it fit?</p></blockquote>")]
    // Yahoo
    [InlineData("<div>It fits.</div><div id=\"ydp1yahoo_quoted_1\" class=\"yahoo_quoted\"><div>On Tuesday, May 3, 2016, 10:42:00 AM GMT+2, Jo Roe &lt;jo@roe.example&gt; wrote:</div><div>Does it fit?</div></div>")]
    public void The_quote_of_each_client_is_taken_off(string html)
    {
        var reply = ReplyParser.ParseHtml(html);
        Assert.Equal("It fits.", reply.NewText);
        Assert.Contains("Does it fit?", reply.QuotedText, StringComparison.Ordinal);
    }

    [Fact]
    public void Answers_inside_a_quote_are_kept_and_paired()
    {
        var reply = ReplyParser.ParseHtml("<div class=gmail_quote>On Tue, 3 May 2016 at 10:42, Jo &lt;jo@roe.example&gt; wrote:<br><blockquote>Which size?</blockquote><div>Large.</div><blockquote>Which colour?</blockquote><div>Blue.</div></div>");
        Assert.Equal([new("Which size?", "Large."), new("Which colour?", "Blue.")], reply.InlineAnswers);
        Assert.Equal("> Which size?\nLarge.\n> Which colour?\nBlue.", reply.NewText.Replace("\n\n", "\n", StringComparison.Ordinal));
    }

    [Fact]
    public void A_marked_signature_is_taken_off_unless_words_were_typed_below_it()
    {
        const string Signature = "<div id=\"ms-outlook-mobile-signature\"><div>Get it at the shop of Jo</div></div>";
        Assert.Equal("It fits.", ReplyParser.ParseHtml("<div>It fits.</div>" + Signature).NewText);
        Assert.Contains("And one more", ReplyParser.ParseHtml("<div>It fits.</div>" + Signature + "<div>And one more please</div>").NewText, StringComparison.Ordinal);
        Assert.Contains("shop of Jo", ReplyParser.ParseHtml(Signature).NewText, StringComparison.Ordinal);
    }

    [Fact]
    public void An_apple_forward_without_comment_shows_the_mail_passed_on()
    {
        var reply = ReplyParser.ParseHtml("<div><br><blockquote type=\"cite\"><div>Begin forwarded message:</div><div><b>From: </b>Jo Roe &lt;jo@roe.example&gt;</div><div><b>Subject: </b>Zip</div><div><b>Date: </b>3 May 2016 at 10:42</div><div><b>To: </b>Shop</div><br><div>The zip broke.</div></blockquote></div>");
        Assert.Contains("The zip broke.", reply.NewText, StringComparison.Ordinal);
    }
}
