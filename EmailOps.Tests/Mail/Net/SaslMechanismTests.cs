using System.Text;
using EmailOps.Mail.Net;

namespace EmailOps.Tests.Mail.Net;

public sealed class SaslMechanismTests
{
    private static readonly MailServer Server = new("mail.example", 993);

    [Fact]
    public void Each_mechanism_says_what_its_document_says()
    {
        Assert.Equal("\0ada\0pwä", Text(new SaslPlain("ada", "pwä").Initial!));
        var login = new SaslLogin("ada", "pw");
        Assert.Null(login.Initial);
        Assert.Equal(["ada", "pw"], [Text(login.Respond("User Name\0"u8)), Text(login.Respond("Password\0"u8))]);
        Assert.Equal("user=ada\u0001auth=Bearer tok\u0001\u0001", Text(new SaslXOAuth2("ada", "tok").Initial!));
        Assert.Equal("n,a=a=3Dd=2Ca,\u0001host=mail.example\u0001port=993\u0001auth=Bearer tok\u0001\u0001", Text(new SaslOAuthBearer("a=d,a", "tok", "mail.example", 993).Initial!));
    }

    [Fact]
    public void A_refusal_is_kept_and_answered_once()
    {
        SaslMechanism[] mechanisms = [new SaslXOAuth2("ada", "tok"), new SaslOAuthBearer("ada", "tok", "mail.example", 993)];
        Assert.Equal(["", "\u0001"], mechanisms.Select(mechanism => Text(mechanism.Respond("{\"status\":\"401\"}"u8))));
        Assert.All(mechanisms, mechanism => Assert.Equal("{\"status\":\"401\"}", mechanism.ServerReason));
        Assert.All([.. mechanisms, new SaslPlain("ada", "pw")], mechanism => Assert.Throws<MailConnectionException>(() => mechanism.Respond("again"u8)));
    }

    [Fact]
    public void Credentials_choose_what_both_sides_know_and_show_nothing()
    {
        var password = MailCredentials.ForPassword("ada", "hidden-pw");
        var token = MailCredentials.ForToken("ada", "hidden-token");
        string[] offered = ["login", "XOAUTH2", "PLAIN", "OAUTHBEARER", "GSSAPI"];
        Assert.Equal(["PLAIN", "LOGIN"], password.Mechanisms(offered, Server).Select(mechanism => mechanism.Name));
        Assert.Equal(["OAUTHBEARER", "XOAUTH2"], token.Mechanisms(offered, Server).Select(mechanism => mechanism.Name));
        Assert.DoesNotContain("hidden", $"{password} {token}", StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => MailCredentials.ForPassword("ada\0root", "pw"));
        Assert.Throws<ArgumentException>(() => MailCredentials.ForToken("ada", "tok\u0001auth=x"));
    }

    private static string Text(byte[] bytes) => Encoding.UTF8.GetString(bytes);
}
