using System.Text;
using EmailOps.Mail;
using EmailOps.Mail.Authentication;

namespace EmailOps.Tests.Mail.Authentication;

public sealed class AuthenticationResultsTests
{
    [Fact]
    public void Methods_results_and_properties_are_read_behind_comments_quotes_and_versions()
    {
        var read = AuthenticationResults.Parse("""
            mx.Shop.example 1 (a (nested; dkim=fail) comment \) more);
             dkim/1=pass (good (2048-bit) key; with; signs=here) reason="a \"quoted\"; reason" header.d=Customer.example header.b=Ab3/c==;
             spf = pass (shop.example: domain of ada@customer.example) smtp.mailfrom="ada@customer.example" ; dmarc=PASS(p=REJECT) header.from=customer.example
            """);

        Assert.Equal("mx.shop.example", read.Server);
        Assert.Equal(["dkim pass customer.example", "spf pass customer.example", "dmarc pass customer.example"], read.Results.Select(r => $"{r.Method} {r.Result} {r.Domain}"));
        Assert.Equal("a \"quoted\"; reason", read.Results[0]["reason"]);
        Assert.Equal("Ab3/c==", read.Results[0]["header.b"]);
    }

    [Fact]
    public void Gmail_names_the_signer_by_its_identity()
        => Assert.Equal("github.example", AuthenticationResults.Parse("mx.google.com;\r\n dkim=pass header.i=@github.example header.s=pf header.b=x").Results[0].Domain);

    [Fact]
    public void Microsoft_leaves_its_name_out()
    {
        var read = AuthenticationResults.Parse("spf=pass (sender IP is 192.0.2.7)\r\n smtp.mailfrom=customer.example; dkim=none (message not signed)\r\n header.d=none;dmarc=bestguesspass action=none\r\n header.from=customer.example;compauth=pass reason=109");

        Assert.Null(read.Server);
        Assert.Equal(["spf pass", "dkim none", "dmarc bestguesspass", "compauth pass"], read.Results.Select(r => $"{r.Method} {r.Result}"));
    }

    [Theory]
    [InlineData("mx.shop.example; none")]
    [InlineData("mx.shop.example;")]
    [InlineData("mx.shop.example")]
    [InlineData("\"mx.shop.example\" 2; none")]
    public void A_server_that_found_nothing_says_so(string value)
    {
        var read = AuthenticationResults.Parse(value);
        Assert.Equal("mx.shop.example", read.Server);
        Assert.Empty(read.Results);
    }

    [Theory]
    [InlineData("")]
    [InlineData(";;;;")]
    [InlineData("=")]
    [InlineData("; = ; = = =")]
    [InlineData("(((((((((")]
    [InlineData("\"unclosed; dkim=pass")]
    [InlineData("x; dkim=\"unclosed")]
    [InlineData("x; / = pass")]
    public void Broken_fields_are_read_as_far_as_they_go(string value) => Assert.DoesNotContain(AuthenticationResults.Parse(value).Results, r => r is { Method: "dkim", Result: "pass" });

    [Fact]
    public void A_field_without_end_costs_a_bounded_time()
    {
        var read = AuthenticationResults.Parse("x; " + string.Concat(Enumerable.Repeat("dkim=pass header.d=a.example; ", 100_000)));
        Assert.Equal(AuthenticationResults.MaxResults, read.Results.Count);
        _ = AuthenticationResults.Parse(new string('(', 1_000_000));
        _ = AuthenticationResults.Parse("x; " + string.Concat(Enumerable.Repeat("a=b ", 1_000_000)));
    }

    [Theory]
    [InlineData("mail.shop.example", "shop.example")]
    [InlineData("a.b.c.shop.co.uk", "shop.co.uk")]
    [InlineData("shop.co.uk", "shop.co.uk")]
    [InlineData("co.uk", "co.uk")]
    [InlineData("x.com.au", "x.com.au")]
    [InlineData("m.x.ne.jp", "x.ne.jp")]
    [InlineData("m.x.chiyoda.tokyo.jp", "x.chiyoda.tokyo.jp")]
    [InlineData("mail.web.de", "web.de")]
    [InlineData("a.github.io", "a.github.io")]
    [InlineData("b.a.github.io", "a.github.io")]
    [InlineData("Mail.Shop.Example.", "shop.example")]
    [InlineData("localhost", "localhost")]
    [InlineData("", "")]
    public void A_domain_belongs_to_who_registered_it(string domain, string organisation) => Assert.Equal(organisation, OrganisationalDomain.Of(domain));

    [Theory]
    [InlineData("a.co.uk", "b.co.uk", false)]
    [InlineData("a.github.io", "b.github.io", false)]
    [InlineData("mail.a.example", "news.a.example", true)]
    [InlineData("a.example", "a.example.evil.test", false)]
    [InlineData("localhost", "localhost", false)]
    [InlineData("", "", false)]
    public void Two_domains_of_one_organisation_are_aligned(string one, string other, bool aligned) => Assert.Equal(aligned, OrganisationalDomain.AreAligned(one, other));

    private static BelievedResults Believed(string headers, params string[] servers)
        => AuthenticationTrace.Of(MailMessage.Parse(Encoding.UTF8.GetBytes(headers + "From: a@b.example\r\n\r\nx")).Headers).Believed(servers);

    private const string Hop = "Received: from mail.x.example by mx.shop.example with ESMTPS; Mon, 2 Nov 2026 08:12:00 +0000\r\n";
    private const string Far = "Received: from somewhere by mail.x.example; Mon, 2 Nov 2026 08:11:00 +0000\r\n";
    private const string Good = "Authentication-Results: mx.shop.example; dmarc=pass header.from=b.example\r\n";

    [Theory]
    [InlineData(Good + Hop + Far, true)]
    [InlineData(Hop + Good + Far, true)]
    [InlineData("Received: by 2002:a05:6a10 with SMTP id x; now\r\n" + Hop + Good, true)] // handed over inside
    [InlineData("Received: from localhost by imap.shop.example with LMTP; now\r\n" + Hop + Good, true)]
    [InlineData(Hop + Far + Good, false)] // below a hop of the sender's
    [InlineData(Far + Good, false)]
    [InlineData("Authentication-Results: mx.evil.example; dmarc=pass\r\n" + Hop + Far, false)]
    [InlineData(Hop + "Received: by mx.evil.example with SMTP; now\r\n" + Good, false)] // an inner hand-over comes before our own hop, not after
    [InlineData("ARC-Authentication-Results: i=1; mx.shop.example; dmarc=pass\r\n" + Hop, false)]
    public void Only_what_our_own_servers_wrote_on_top_is_believed(string headers, bool believed) => Assert.Equal(!believed, Believed(headers, "mx.shop.example").IsEmpty);

    [Fact]
    public void The_topmost_run_ends_at_the_next_hop()
    {
        var found = Believed("Authentication-Results: mx.shop.example; dmarc=fail\r\n" + Hop + Good, "mx.shop.example");
        Assert.Equal(["fail"], found.Results.Select(r => r.Result));
    }

    [Fact]
    public void Several_fields_of_one_run_are_one_finding()
    {
        var found = Believed("Authentication-Results: mx.shop.example; spf=pass smtp.mailfrom=b.example\r\nAuthentication-Results: mx.shop.example; dkim=fail\r\n" + Hop, "mx.shop.example");
        Assert.Equal(["spf", "dkim"], found.Results.Select(r => r.Method));
    }

    [Theory]
    [InlineData("mx.shop.example", "shop.example", true)] // a name stands for the hosts below it
    [InlineData("mx.shop.example", "mx.shop.example", true)]
    [InlineData("evilshop.example", "shop.example", false)]
    [InlineData("shop.example.evil.test", "shop.example", false)]
    [InlineData("other.shop.example", "mx.shop.example", false)]
    public void A_server_is_believed_by_its_name(string server, string trusted, bool believed)
        => Assert.Equal(!believed, Believed($"Authentication-Results: {server}; dmarc=pass\r\n", trusted).IsEmpty);

    [Fact]
    public void A_nameless_field_is_that_of_the_server_that_took_the_mail()
    {
        const string field = "Authentication-Results: spf=pass smtp.mailfrom=b.example; dmarc=pass header.from=b.example\r\n";
        Assert.False(Believed("Received: from DB8PR1.eurprd03.prod.outlook.com by AM0PR2.eurprd03.prod.outlook.com; now\r\n" + field + "Received: from mail.b.example by DB8EUR05FT012.mail.protection.outlook.com; now\r\n", "protection.outlook.com").IsEmpty);
        Assert.True(Believed(field + Far, "protection.outlook.com").IsEmpty);
    }
}
