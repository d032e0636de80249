using EmailOps.Core.Contracts;
using EmailOps.Core.Mailboxes;

namespace EmailOps.Tests.Mailboxes;

public sealed class MailboxRulesTests
{
    private static readonly MailServerSettings Imap = new("imap.shop.example", 993, MailSecurity.Tls);
    private static readonly MailServerSettings Smtp = new("smtp.shop.example", 465, MailSecurity.Tls);
    private static readonly MailboxSettings Good = new() { Imap = Imap, Smtp = Smtp };

    public static TheoryData<string, string> Wrong()
    {
        var cases = new (string Field, MailboxSettings Settings)[]
        {
            ("imap.host", Good with { Imap = Imap with { Host = "" } }),
            ("imap.host", Good with { Imap = Imap with { Host = "https://imap.shop.example" } }),
            ("imap.host", Good with { Imap = Imap with { Host = "imap.shop.example:993" } }),
            ("imap.host", Good with { Imap = Imap with { Host = "imap.shop.example\r\nA1 NOOP" } }),
            ("imap.host", Good with { Imap = Imap with { Host = new string('a', 300) } }),
            ("imap.port", Good with { Imap = Imap with { Port = 0 } }),
            ("smtp.port", Good with { Smtp = Smtp with { Port = 65536 } }),
            ("smtp.security", Good with { Smtp = Smtp with { Security = (MailSecurity)9 } }),
            ("imap.authentication", Good with { Imap = Imap with { Authentication = MailAuthentication.None } }),
            ("imap.user", Good with { Imap = Imap with { User = "a\nb" } }),
            ("imap.certificateSha256", Good with { Imap = Imap with { CertificateSha256 = "12:34" } }),
            ("folders", Good with { Folders = [] }),
            ("folders", Good with { Folders = ["INBOX", "inbox"] }),
            ("folders", Good with { Folders = ["INBOX", "A*"] }),
            ("folders", Good with { Folders = ["A\r\nB"] }),
            ("folders", Good with { Folders = [.. Enumerable.Range(0, 51).Select(i => $"F{i}")] }),
            ("moveTo", Good with { AfterStored = AfterStored.Move }),
            ("moveTo", Good with { AfterStored = AfterStored.Move, MoveTo = "Inbox" }),
            ("sentFolder", Good with { SentFolder = "Se\0nt" }),
            ("pollSeconds", Good with { PollSeconds = 4 }),
            ("pollSeconds", Good with { PollSeconds = 3601 }),
            ("holdSeconds", Good with { HoldSeconds = -1 }),
            ("answersPerCorrespondent", Good with { AnswersPerCorrespondent = 0 }),
            ("answersPerHour", Good with { AnswersPerHour = 100_001 }),
            ("model.use", Good with { Model = new ModelPolicy { Use = (ModelUse)9 } }),
            ("model.tokensPerDay", Good with { Model = new ModelPolicy { TokensPerDay = 999 } }),
            ("model.tokensPerDay", Good with { Model = new ModelPolicy { TokensPerDay = 1_000_000_001 } }),
            ("model.moneyPerDay", Good with { Model = new ModelPolicy { MoneyPerDay = -0.01m } }),
            ("model.moneyPerDay", Good with { Model = new ModelPolicy { MoneyPerDay = 100_001 } }),
            ("aliases", Good with { Aliases = ["help@shop.example", "no address"] }),
            ("trustedAuthServers", Good with { TrustedAuthServers = ["mx.shop.example; spf=pass"] }),
        };
        var data = new TheoryData<string, string>();
        foreach (var (field, settings) in cases) data.Add(field, System.Text.Json.JsonSerializer.Serialize(settings));
        return data;
    }

    [Theory]
    [MemberData(nameof(Wrong))]
    public void A_wrong_setting_is_told_by_its_name(string field, string settings)
        => Assert.StartsWith(field, System.Text.Json.JsonSerializer.Deserialize<MailboxSettings>(settings)!.Problem(), StringComparison.Ordinal);

    [Fact]
    public void A_lifted_limit_stays_lifted_when_it_is_stored_and_settings_of_before_have_the_usual_ones()
    {
        var stored = Core.Data.Sql.Json(Good with { Model = new ModelPolicy { Use = ModelUse.Always, MoneyPerDay = null } });
        Assert.Equal((ModelUse.Always, null, null), (Core.Data.Sql.FromJson<MailboxSettings>(stored).Model.Use, Core.Data.Sql.FromJson<MailboxSettings>(stored).Model.TokensPerDay, Core.Data.Sql.FromJson<MailboxSettings>(stored).Model.MoneyPerDay));
        Assert.Equal((ModelUse.WhenUnsure, 5m), (Core.Data.Sql.FromJson<MailboxSettings>("{}").Model.Use, Core.Data.Sql.FromJson<MailboxSettings>("{}").Model.MoneyPerDay));
    }

    [Fact]
    public void What_is_right_has_no_problem()
    {
        Assert.StartsWith("folders", (Good with { Folders = ["\ud800"] }).Problem(), StringComparison.Ordinal);
        Assert.Null(new MailboxSettings().Problem());
        Assert.Null(Good.Problem());
        Assert.Null((Good with
        {
            Imap = Imap with { Host = "127.0.0.1", CertificateSha256 = string.Join(':', Enumerable.Repeat("aB", 32)) }, Folders = ["INBOX", "Kunden/Größe", "a", "A"], AfterStored = AfterStored.Move, MoveTo = "Erledigt",
            TrustedAuthServers = ["mx.shop.example"], HoldSeconds = 0,
        }).Problem());
    }

    [Theory]
    [InlineData("")]
    [InlineData("support")]
    [InlineData("support@")]
    [InlineData("@shop.example")]
    [InlineData("a@b@shop.example")]
    [InlineData("Support <support@shop.example>")]
    [InlineData("support@shop.example\r\nBcc: x@y.example")]
    public void What_is_no_address_is_refused(string address) => Assert.StartsWith("address", new SaveMailbox(address, "", Good).Problem(), StringComparison.Ordinal);

    [Theory]
    [InlineData("two\nlines")]
    [InlineData("nul\0")]
    public void A_secret_that_no_server_could_be_given_is_refused_without_showing_it(string secret)
    {
        var problem = new SaveMailbox("a@shop.example", "", Good, secret).Problem();
        Assert.StartsWith("imapSecret", problem, StringComparison.Ordinal);
        Assert.DoesNotContain(secret, problem, StringComparison.Ordinal);
        Assert.StartsWith("smtpSecret", new SaveMailbox("a@shop.example", "", Good, null, "half a pair \ud83d").Problem(), StringComparison.Ordinal);
        Assert.Null(new SaveMailbox("a@shop.example", "", Good, "spaces are fine ").Problem());
    }
}
