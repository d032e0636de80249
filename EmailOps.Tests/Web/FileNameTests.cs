using System.Text;
using EmailOps.Web.Messages;
using EmailOps.Web.Security;

namespace EmailOps.Tests.Web;

public sealed class FileNameTests
{
    [Theory]
    [InlineData("invoice.pdf", "invoice.pdf")]
    [InlineData("../../etc/passwd", "passwd")]
    [InlineData("C:\\Windows\\evil.dll", "evil.dll")]
    [InlineData(".bashrc", "bashrc")]
    [InlineData("photo\u202Egpj.exe", "photogpj.exe")]
    [InlineData("a\r\nb\".txt", "ab_.txt")]
    [InlineData("請求書.pdf", "請求書.pdf")]
    [InlineData("...", "file")]
    [InlineData("", "file")]
    [InlineData(null, "file")]
    [InlineData("-rf", "rf")]
    public void A_strangers_file_name_becomes_harmless(string? name, string expected) => Assert.Equal(expected, FileName.Safe(name, "file"));

    [Fact]
    public void A_long_name_is_cut() => Assert.Equal(120, FileName.Safe(new string('a', 5000), "file").Length);

    [Theory]
    [InlineData("/messages/1?view=html#x", "/messages/1?view=html#x")]
    [InlineData("/", "/")]
    [InlineData("", "/")]
    [InlineData(null, "/")]
    [InlineData("messages", "/")]
    [InlineData("//evil.example.test", "/")]
    [InlineData("/a\\b", "/")]
    [InlineData("/\n/evil.example.test", "/")]
    public void Only_paths_of_ours_are_followed(string? address, string expected) => Assert.Equal(expected, LocalAddress.OrHome(address));

    [Theory]
    [InlineData("<LiNk rel=x><p>", "<xiNk rel=x><p>")]
    [InlineData("a<<link>", "a<<xink>")]
    [InlineData("<meta", "<xeta")]
    [InlineData("<b>base</b>", "<b>base</b>")]
    [InlineData("<", "<")]
    [InlineData("<lin", "<lin")]
    public void Elements_that_reach_past_the_policy_lose_their_names(string html, string expected)
    {
        var bytes = Encoding.UTF8.GetBytes(html);
        MailHtml.Disarm(bytes);
        Assert.Equal(expected, Encoding.UTF8.GetString(bytes));
    }
}
