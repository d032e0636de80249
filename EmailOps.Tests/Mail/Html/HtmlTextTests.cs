using EmailOps.Mail;

namespace EmailOps.Tests.Mail.Html;

public class HtmlTextTests
{
    [Theory]
    [InlineData("<p>one</p><p>two</p>", "one\n\ntwo")]
    [InlineData("<div>one</div><div>two</div>", "one\ntwo")]
    [InlineData("<div>one<div>two</div></div>three", "one\ntwo\nthree")]
    [InlineData("one<br>two<br/><br />three", "one\ntwo\n\nthree")]
    [InlineData("<div>one</div><div><br></div><div>two</div>", "one\n\ntwo")]
    [InlineData("  a \n b\t<b> c</b>", "a b c")]
    [InlineData("a<b>b</b>c", "abc")]
    [InlineData("<ul><li>one<li>two</ul>", "- one\n- two")]
    [InlineData("<ol><li>one</li><li>two</li></ol>", "1. one\n2. two")]
    [InlineData("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc")]
    [InlineData("<pre>a\n  b</pre>", "a\n  b")]
    [InlineData("<style>p{}</style><script>x<y</script><title>t</title>seen", "seen")]
    [InlineData("<!-- no --><!DOCTYPE html><![if !mso]>seen<![endif]>", "seen")]
    [InlineData("<!--[if mso]><p>outlook only</p><![endif]-->seen", "seen")]
    [InlineData("<o:p>seen</o:p>", "seen")]
    public void Markup_becomes_lines(string html, string expected) => Assert.Equal(expected, HtmlText.ToVisibleText(html));

    [Theory]
    [InlineData("&lt;b&gt; &amp;amp; &quot;&#39;&apos;", "<b> &amp; \"''")]
    [InlineData("gr&uuml;&szlig;e &euro; &ndash;", "grüße € –")]
    [InlineData("&#8364; &#x20AC; &#128;", "€ € €")]
    [InlineData("&#x1F600;", "😀")]
    [InlineData("a&nbsp;b&nbspc", "a b c")]
    [InlineData("AT&T & co &unknown; &", "AT&T & co &unknown; &")]
    [InlineData("&#0;&#xD800;&#99999999;", "\uFFFD\uFFFD\uFFFD")]
    public void Character_references(string html, string expected) => Assert.Equal(expected, HtmlText.ToVisibleText(html));

    [Theory]
    [InlineData("a < b and c > d", "a < b and c > d")]
    [InlineData("1 <2", "1 <2")]
    [InlineData("<a href=\"x>y\">link</a>", "link")]
    [InlineData("<a href='x\">link</a>", "link")]
    [InlineData("<p>cut <a href=\"http://exa", "cut <a href=\"http://exa")]
    [InlineData("<!-- open <p>seen</p>", "seen")]
    [InlineData("</p></div></td>seen", "seen")]
    [InlineData("<span><div>a</span>b</div>c", "ab\nc")]
    public void Broken_markup_loses_no_words(string html, string expected) => Assert.Equal(expected, HtmlText.ToVisibleText(html));

    [Theory]
    [InlineData("<div style=\"display:none\">x</div>")]
    [InlineData("<div style='DISPLAY : none !important'>x</div>")]
    [InlineData("<span style=\"font-size:0px\">x</span>")]
    [InlineData("<span hidden>x</span>")]
    [InlineData("<font color=\"#ffffff\">x</font>")]
    [InlineData("<p style=\"color:white;background:#fff\">x</p>")]
    [InlineData("<div style=\"max-height:0;overflow:hidden\">x</div>")]
    [InlineData("<div style=\"mso-hide:all\"><p>x</p></div>")]
    public void What_no_reader_sees_is_told_apart(string html)
    {
        var content = HtmlText.Read("seen" + html);
        Assert.Equal(("seen", "x"), (content.Text, content.HiddenText));
    }

    [Theory]
    [InlineData("<div style=\"background:#000\"><font color=white>x</font></div>")]
    [InlineData("<style>.b{background:red}</style><a class=b style=\"color:#fff\">x</a>")]
    [InlineData("<table style=\"font-size:1px\"><td><span style=\"font-size:12pt\">x</span></table>")]
    [InlineData("<td background=\"pic.png\"><font color=white>x</font></td>")]
    public void White_words_on_a_ground_that_is_or_may_be_dark_are_seen(string html) => Assert.Equal("x", HtmlText.ToVisibleText(html));

    [Fact]
    public void Lines_know_their_quote_depth_and_the_clients_marks()
    {
        var lines = HtmlText.ToLines("""
            <div>new</div><div class="x_gmail_quote other"><div class="gmail_attr">On Monday Ann wrote:</div>
            <blockquote>old<blockquote>older</blockquote></blockquote></div><hr><div id="x_x_divRplyFwdMsg">From: Ann</div>
            """);
        Assert.Equal(["new", "On Monday Ann wrote:", "old", "older", "From: Ann"], lines.Select(l => l.Text).Where(t => t.Length > 0));
        Assert.Equal([0, 0, 1, 2, 0], lines.Where(l => l.Text.Length > 0).Select(l => l.QuoteDepth));
        Assert.Empty(lines[0].Markers);
        Assert.True(lines.Single(l => l.Text == "older").Has("gmail_quote"));
        var last = lines[^1];
        Assert.True(last.Has("divrplyfwdmsg") && last.RuleBefore && !last.Has("gmail_quote"));
    }

    [Fact]
    public void A_border_on_top_separates_as_a_rule_does() =>
        Assert.True(HtmlText.ToLines("a<div style=\"border:none;border-top:solid #E1E1E1 1.0pt\">From: Ann</div>")[1].RuleBefore);
}
