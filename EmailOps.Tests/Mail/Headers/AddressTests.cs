using EmailOps.Tests.Mail.Mime;

namespace EmailOps.Tests.Mail.Headers;

public class AddressTests
{
    [Theory]
    [InlineData("joe@example.org", "|joe@example.org")]
    [InlineData("<joe@example.org>", "|joe@example.org")]
    [InlineData("OFFICE\\joe <joe@example.org>", "OFFICE\\joe|joe@example.org")]
    [InlineData("Joe Q. Public <joe@example.org>", "Joe Q. Public|joe@example.org")]
    [InlineData("\"Public, Joe\" <joe@example.org>", "Public, Joe|joe@example.org")]
    [InlineData("joe@example.org (Joe Public)", "Joe Public|joe@example.org")]
    [InlineData("\"a \\\"quoted\\\" name\" <joe@example.org>", "a \"quoted\" name|joe@example.org")]
    [InlineData("=?utf-8?Q?J=C3=B6rg?= <j@example.org>", "Jörg|j@example.org")]
    [InlineData("\"=?utf-8?Q?J=C3=B6rg,_B.?=\" <j@example.org>", "Jörg, B.|j@example.org")]
    [InlineData("a@x.org, b@y.org", "|a@x.org;|b@y.org")]
    [InlineData("a@x.org; B <b@y.org>", "|a@x.org;B|b@y.org")]
    [InlineData("Team: a@x.org, B <b@y.org>;, c@z.org", "|a@x.org;B|b@y.org;|c@z.org")]
    [InlineData("undisclosed-recipients:;", "")]
    [InlineData("<@relay.org,@hop.org:joe@example.org>", "|joe@example.org")]
    [InlineData("joe @ example . org", "|joe@example.org")]
    [InlineData("\"joe public\"@example.org", "|\"joe public\"@example.org")]
    [InlineData("joe@[192.0.2.1]", "|joe@[192.0.2.1]")]
    public void Addresses_by_the_book(string raw, string expected) => Assert.Equal(expected, To(raw));

    [Theory]
    [InlineData("Doe, John <john@example.org>", "Doe, John|john@example.org")]
    [InlineData("<<joe@example.org>>", "|joe@example.org")]
    [InlineData("Joe <joe@example.org", "Joe|joe@example.org")]
    [InlineData("Joe <joe@example.org, Ann <ann@example.org>", "Joe|joe@example.org;Ann|ann@example.org")]
    [InlineData("\"Joe <joe@example.org>", "Joe|joe@example.org")]
    [InlineData("Joe (the one <joe@example.org>", "Joe the one|joe@example.org")]
    [InlineData("Joe joe@example.org", "Joe|joe@example.org")]
    [InlineData("=?utf-8?Q?Joe_=3Cjoe=40example.org=3E?=", "Joe|joe@example.org")]
    [InlineData("=?utf-8?Q?J=C3=B6rg?= (joe@example.org)", "Jörg|joe@example.org")]
    [InlineData(",,a@x.org,,", "|a@x.org")]
    [InlineData("MAILER-DAEMON", "|MAILER-DAEMON")]
    public void Addresses_as_the_field_writes_them(string raw, string expected) => Assert.Equal(expected, To(raw));

    [Fact]
    public void Several_fields_of_the_same_name_are_one_list() =>
        Assert.Equal(["a@x.org", "b@y.org"], MailText.Parse("To: a@x.org\nTo: b@y.org\n\n").To.Select(a => a.Addr));

    [Fact]
    public void Raw_utf8_names_and_domains_are_read()
    {
        var message = MailText.Parse(MailText.Utf8("From: Jörg <jörg@exämple.org>\n\n"));
        Assert.Equal(("Jörg", "jörg@exämple.org"), (message.From[0].Name, message.From[0].Addr));
    }

    [Fact]
    public void The_domain_is_what_follows_the_last_at_sign() =>
        Assert.Equal("example.org", MailText.Parse("From: \"a@b\" <x@EXAMPLE.org>\n\n").From[0].Domain);

    private static string To(string raw) => string.Join(';', MailText.Parse($"To: {raw}\n\n").To.Select(a => $"{a.Name}|{a.Addr}"));
}
