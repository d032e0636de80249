using System.Text;
using EmailOps.Mail;

namespace EmailOps.Tests.Mail.Charsets;

public class CharsetTests
{
    static CharsetTests() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    [Theory]
    [InlineData("utf-8", "utf-8", "Grüße, 你好")]
    [InlineData("\"UTF8\"", "utf-8", "Grüße")]
    [InlineData("iso-8859-1", "windows-1252", "“quotes” – €")]
    [InlineData("iso-8859-15", "iso-8859-15", "€ œ")]
    [InlineData("gb2312", "gb18030", "镕基 你好")]
    [InlineData("ks_c_5601-1987", "ks_c_5601-1987", "안녕하세요 똠방각하")]
    [InlineData("x-sjis", "shift_jis", "こんにちは")]
    [InlineData("euc-jp", "euc-jp", "世界人権宣言")]
    [InlineData("iso-2022-jp", "iso-2022-jp", "世界人権宣言")]
    [InlineData("big5-hkscs", "big5", "商業辦公室")]
    [InlineData("koi8-r", "koi8-r", "Привет, мир")]
    [InlineData("cp-850", "ibm850", "Grüße")]
    [InlineData("cp1251", "windows-1251", "Привет")]
    [InlineData("utf-16le", "utf-16le", "wide ü\nlines")]
    [InlineData("utf-16", "utf-16le", "little-endian without a mark")]
    [InlineData("utf-16", "utf-16be", "big-endian without a mark")]
    [InlineData("utf-16", "us-ascii", "only the label is wide")]
    [InlineData("unknown-8bit", "utf-8", "Grüße")]
    [InlineData("no-such-charset", "windows-1252", "Grüße")]
    [InlineData(null, "utf-8", "Grüße")]
    [InlineData(null, "windows-1252", "Grüße an Jörg")]
    [InlineData("us-ascii", "windows-1252", "Grüße an Jörg")]
    [InlineData("utf-8", "windows-1252", "Grüße an Jörg")]
    [InlineData("windows-1251", "utf-8", "Вам выставлен счет")]
    public void Text_is_read_as_it_was_meant(string? label, string really, string text) =>
        Assert.Equal(text, Read(label, Encoding.GetEncoding(really).GetBytes(text)));

    [Theory]
    [InlineData("windows-1251", "Здравствуйте, где мой заказ номер пять?")]
    [InlineData("koi8-r", "Здравствуйте, где мой заказ номер пять?")]
    [InlineData("gb18030", "你好，我的订单在哪里？")]
    [InlineData("big5", "專門服務商用辦公室之承租人，適合各種商業需求")]
    [InlineData("euc-kr", "안녕하세요 주문한 물건이 언제 도착하나요")]
    [InlineData("shift_jis", "こんにちは、注文した商品はいつ届きますか")]
    [InlineData("euc-jp", "こんにちは、いつとどきますか")]
    [InlineData("windows-874", "เตรียมตัวกับการเปลี่ยนแปลงครั้งใหญ่")]
    [InlineData("windows-1252", "Où est ma commande ? Très déçu, à bientôt, señor Müller")]
    public void Without_a_label_the_script_gives_the_charset_away(string really, string text) =>
        Assert.Equal(text, Read(null, Encoding.GetEncoding(really).GetBytes(text)));

    [Theory]
    [InlineData("Hi Mom -+Jjo--!", "Hi Mom -☺-!")]
    [InlineData("A+ImIDkQ.", "A≢Α.")]
    [InlineData("1 +- 1 +AD0- 2", "1 + 1 = 2")]
    [InlineData("+2Dzf/w-", "\uD83C\uDFFF")]
    [InlineData("open +AOQ", "open ä")]
    public void Utf7_is_read_where_it_is_declared(string raw, string expected) => Assert.Equal(expected, Read("utf-7", Encoding.ASCII.GetBytes(raw)));

    [Fact]
    public void Utf7_is_never_guessed() => Assert.Equal("1 +AD0- 2", Read(null, "1 +AD0- 2"u8.ToArray()));

    [Fact]
    public void Damage_inside_utf8_stays_where_it_is() =>
        Assert.Equal("Grüße \uFFFD ok", Read("utf-8", [.. Encoding.UTF8.GetBytes("Grüße "), 0xFF, .. " ok"u8]));

    [Fact]
    public void Html_without_a_charset_is_read_in_the_one_it_names_itself()
    {
        byte[] raw = [.. "Content-Type: text/html\n\n<meta charset=windows-1250>"u8, .. Encoding.GetEncoding(1250).GetBytes("Příliš žluťoučký")];
        Assert.Equal("Příliš žluťoučký", MailMessage.Parse(raw).VisibleText);
    }

    [Fact]
    public void A_guess_is_noted()
    {
        var message = MailMessage.Parse(Encoding.Latin1.GetBytes("Subject: a\r\n\r\n\u00E9"));
        Assert.Contains(message.Defects, d => d.Kind == DefectKind.CharsetGuessed);
    }

    private static string Read(string? label, byte[] bytes)
    {
        var head = label is null ? "Subject: a\r\n\r\n" : $"Content-Type: text/plain; charset={label}\r\n\r\n";
        byte[] raw = [.. Encoding.ASCII.GetBytes(head), .. bytes];
        return MailMessage.Parse(raw).TextBody!;
    }
}
