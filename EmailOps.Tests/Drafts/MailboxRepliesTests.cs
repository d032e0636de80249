using EmailOps.Core.Contracts;
using EmailOps.Core.Drafts;
using EmailOps.Core.Drafts.Grounding;
using EmailOps.Core.Mailboxes;
using EmailOps.Tests.Triage;

namespace EmailOps.Tests.Drafts;

/// <summary>A mailbox's own words around answers: what they may be, what stands where they say nothing, and that they are no inventions.</summary>
public sealed class MailboxRepliesTests
{
    private static readonly ReplyTemplates s_taxonomy = TriageUnderTest.Setup.Taxonomy.Reply;
    private static readonly ReplySettings s_own = new()
    {
        Team = "Team Nord",
        Signature = "Nordlicht GmbH\nHafenstraße 1, 24103 Kiel, +49 431 5550101",
        Languages = new Dictionary<string, ReplyWords> { ["de"] = new("Moin {name},", "Moin,"), ["en"] = new(SignOff: "Cheers\n{team}", Signature: "") },
    };

    [Fact]
    public void What_a_mailbox_does_not_say_is_the_taxonomys()
    {
        var templates = MailboxReplies.Of(s_taxonomy, s_own);
        Assert.Same(s_taxonomy, MailboxReplies.Of(s_taxonomy, null));
        Assert.Equal(("Moin {name},", s_taxonomy.ByLanguage["de"].Intro), (templates.ByLanguage["de"].Greeting, templates.ByLanguage["de"].Intro));
        Assert.EndsWith("\n\n" + s_own.Signature, templates.ByLanguage["de"].SignOff, StringComparison.Ordinal);
        Assert.EndsWith("5550101", templates.ByLanguage["fr"].SignOff, StringComparison.Ordinal);
        Assert.Equal("Cheers\n{team}", templates.ByLanguage["en"].SignOff);
        var previews = MailboxReplies.Preview(s_taxonomy, s_own, "Contact form").ToDictionary(p => p.Language);
        Assert.StartsWith("Moin,\n\n", previews["de"].Body, StringComparison.Ordinal);
        Assert.EndsWith("Cheers\nTeam Nord", previews["en"].Body, StringComparison.Ordinal);
        Assert.Equal(s_taxonomy.DefaultLanguage, MailboxReplies.Preview(s_taxonomy, null, null)[0].Language);
    }

    [Fact]
    public void A_language_the_taxonomy_lacks_is_used_when_it_is_whole()
    {
        var half = new ReplySettings { Languages = new Dictionary<string, ReplyWords> { ["da"] = new("Hej {name},", "Hej,") } };
        Assert.DoesNotContain("da", MailboxReplies.Of(s_taxonomy, half).ByLanguage.Keys);
        var whole = new ReplySettings { Languages = new Dictionary<string, ReplyWords> { ["da"] = new("Hej {name},", "Hej,", "Tak for din besked.", "Venlig hilsen\n{team}") } };
        Assert.Equal("da", MailboxReplies.Of(s_taxonomy, whole).LanguageFor("da"));
        Assert.Equal(s_taxonomy.DefaultLanguage, s_taxonomy.LanguageFor("da"));
    }

    [Fact]
    public void The_gate_takes_them_for_the_teams_template_and_nobody_elses()
    {
        var templates = MailboxReplies.Of(s_taxonomy, s_own);
        var body = new ReplyComposer(templates).Frame([templates.ByLanguage["de"].Intro], [], "de", "Jana Weber").Body;
        var mail = new GroundingMail("Frage\nWie lange dauert es?", "jana@customer.test", "Jana Weber");
        Assert.Contains("5550101", body, StringComparison.Ordinal);
        Assert.Empty(GroundingGate.Check(body, "de", [], mail, templates).NotFound);
        Assert.Contains(GroundingGate.Check(body, "de", [], mail, s_taxonomy).NotFound, c => c.Text.Contains("431", StringComparison.Ordinal) || c.Text.Contains("5550101", StringComparison.Ordinal));
    }

    public static TheoryData<ReplySettings, string> Wrong => new()
    {
        { new() { Team = "A\nB" }, "reply.team has 2 lines" },
        { new() { Team = "{name}" }, "reply.team has {name}; nothing is put in there" },
        { new() { Signature = "x\r\nBcc: all@example.com" }, "reply.signature has a carriage return" },
        { new() { Signature = "x\0" }, "U+0000" },
        { new() { Signature = "\u202Egnp.exe" }, "U+202E" },
        { new() { Signature = new string('\n', 12) }, "13 lines; at most 12" },
        { new() { Signature = new string('x', 1001) }, "at most 1000" },
        { Of("de", new(Greeting: "Hallo,")), "greeting must contain {name}" },
        { Of("de", new(Greeting: "Hallo {nam},")), "has {nam}; only {name}" },
        { Of("de", new(GreetingWithoutName: "Hallo {name},")), "greetingWithoutName has {name}" },
        { Of("de", new(Greeting: "Hallo {name}\nBcc: all@example.com")), "greeting has 2 lines" },
        { Of("de", new(SignOff: "{team}\n{subject}")), "has {subject}; only {team}" },
        { Of("Deutsch", new()), "write languages as en, de, fr" },
        { Of("de\n", new()), "write languages" },
        { new() { Languages = Enumerable.Range(0, 31).ToDictionary(i => $"a{(char)('a' + i % 26)}{(char)('a' + i / 26)}", _ => new ReplyWords()) }, "at most 30" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void What_cannot_stand_around_an_answer_is_refused_by_name(ReplySettings settings, string why)
    {
        Assert.Contains(why, settings.Problem(), StringComparison.Ordinal);
        Assert.Contains(why, new MailboxSettings { Reply = settings }.Problem(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_may_stand_there_does() => Assert.Null(s_own.Problem());

    [Theory]
    [InlineData("Fjordline", "booking@fjordline.example", null)]
    [InlineData("Jana", "jana@customer.example", "Jana")]
    [InlineData("Jana Weber", "mail@weber.example", "Jana Weber")]
    public void A_company_that_writes_under_its_own_domain_is_not_greeted_as_a_person(string header, string address, string? expected) => Assert.Equal(expected, CorrespondentName.For(header, "", address));

    private static ReplySettings Of(string language, ReplyWords words) => new() { Languages = new Dictionary<string, ReplyWords> { [language] = words } };
}
