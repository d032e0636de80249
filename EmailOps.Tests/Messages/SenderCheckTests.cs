using System.Text;
using EmailOps.Core.Contracts;
using EmailOps.Core.Messages;

namespace EmailOps.Tests.Messages;

public sealed class SenderCheckTests
{
    private const string Server = "mx.shop.example";

    private static SenderFinding Judge(string results, string from = "Ada <ada@customer.example>", params string[] servers)
    {
        var raw = Encoding.UTF8.GetBytes((results.Length > 0 ? $"Authentication-Results: {Server}; {results}\r\n" : "") + $"From: {from}\r\nSubject: x\r\n\r\nx");
        return SenderCheck.Judge(new MailReader(new IntakeOptions()).Read(new OfferedMail("1", raw, raw.Length, null, new ServerPlace(1, 1, 1))), servers.Length > 0 ? servers : [Server]);
    }

    [Theory]
    [InlineData("dmarc=pass header.from=customer.example", SenderTrust.Verified)]
    [InlineData("dmarc=pass", SenderTrust.Verified)]
    [InlineData("dkim=pass header.d=customer.example", SenderTrust.Verified)]
    [InlineData("dkim=pass header.i=@mail.customer.example", SenderTrust.Verified)]
    [InlineData("spf=pass smtp.mailfrom=bounce@news.customer.example", SenderTrust.Verified)]
    [InlineData("dkim=fail header.d=customer.example; dkim=pass header.d=customer.example", SenderTrust.Verified)]
    [InlineData("spf=fail smtp.mailfrom=customer.example; dkim=pass header.d=customer.example", SenderTrust.Verified)] // forwarded
    [InlineData("dkim=pass header.d=evil.example; spf=pass smtp.mailfrom=evil.example", SenderTrust.Unverified)] // somebody else's
    [InlineData("dmarc=pass header.from=evil.example", SenderTrust.Unverified)]
    [InlineData("dkim=pass", SenderTrust.Unverified)]
    [InlineData("spf=pass smtp.helo=customer.example", SenderTrust.Unverified)]
    [InlineData("spf=softfail smtp.mailfrom=customer.example; dkim=none; dmarc=none", SenderTrust.Unverified)]
    [InlineData("dkim=fail header.d=customer.example", SenderTrust.Unverified)]
    [InlineData("none", SenderTrust.Unverified)]
    [InlineData("", SenderTrust.Unverified)]
    [InlineData("dmarc=fail (p=NONE) header.from=customer.example", SenderTrust.Failed)]
    [InlineData("dkim=pass header.d=customer.example; dmarc=fail", SenderTrust.Failed)]
    [InlineData("spf=fail smtp.mailfrom=customer.example", SenderTrust.Failed)]
    [InlineData("compauth=fail reason=000; spf=pass smtp.mailfrom=customer.example", SenderTrust.Failed)]
    public void What_the_server_says_is_what_we_think(string results, SenderTrust trust)
    {
        var found = Judge(results);
        Assert.Equal(trust, found.Trust);
        Assert.EndsWith(".", found.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"service@bank.example\" <ada@customer.example>")]
    [InlineData("service＠bank.example <ada@customer.example>")]
    [InlineData("\"Bank (service@bank.example)\" <ada@customer.example>")]
    [InlineData("ada@customer.example, ceo@bank.example")]
    public void A_from_made_to_mislead_is_never_verified(string from)
    {
        Assert.Equal(SenderTrust.Unverified, Judge("dmarc=pass header.from=customer.example", from).Trust);
        Assert.Equal(SenderTrust.Failed, Judge("dmarc=fail", from).Trust);
    }

    [Theory]
    [InlineData("\"ada@customer.example\" <ada@customer.example>")]
    [InlineData("\"ada@customer.example\" <ada.byron@mail.customer.example>")]
    [InlineData("\"Ada @ work\" <ada@customer.example>")]
    [InlineData("\"Ada (@ada_b)\" <ada@customer.example>")]
    [InlineData("ada@customer.example")]
    public void An_honest_name_changes_nothing(string from) => Assert.Equal(SenderTrust.Verified, Judge("dmarc=pass", from).Trust);

    [Fact]
    public void Where_no_server_is_believed_nothing_is_checked_but_tricks_show()
    {
        var raw = Encoding.UTF8.GetBytes($"Authentication-Results: {Server}; dmarc=fail\r\nFrom: ada@customer.example\r\nSubject: x\r\n\r\nx");
        var mail = new MailReader(new IntakeOptions()).Read(new OfferedMail("1", raw, raw.Length, null, new ServerPlace(1, 1, 1)));

        Assert.Equal(SenderFinding.Unchecked, SenderCheck.Judge(mail, []));
        Assert.Equal(SenderTrust.Unverified, SenderCheck.Judge(mail with { FromTrick = "Its From names several senders." }, []).Trust);
    }

    [Theory]
    [InlineData("gmail.com", true)]
    [InlineData("mail.yahoo.co.uk", true)]
    [InlineData("hotmail.fr", true)]
    [InlineData("softbank.ne.jp", true)]
    [InlineData("shop.example", false)]
    [InlineData("gmail.com.shop.example", false)]
    [InlineData("livesport.example", false)]
    public void Providers_of_addresses_for_everybody_are_known(string domain, bool isFree) => Assert.Equal(isFree, FreeMail.Has(domain));
}
