using EmailOps.Core.Contracts;

namespace EmailOps.Web.Mailboxes;

/// <summary>The words around the answers of one mailbox in one language, as somebody typed them. Empty says nothing: the taxonomy's stands.</summary>
public sealed class ReplyFields
{
    public int Version { get; set; }
    public string? Language { get; set; }
    public string? Team { get; set; }
    public string? Signature { get; set; }
    public string? Greeting { get; set; }
    public string? GreetingWithoutName { get; set; }
    public string? Intro { get; set; }
    public string? SignOff { get; set; }
    public string? OwnSignature { get; set; }
    public bool NoSignature { get; set; }

    public static ReplyFields Of(MailboxSetup setup, string language)
    {
        var words = setup.Settings.Reply?.Languages.GetValueOrDefault(language);
        return new ReplyFields
        {
            Version = setup.Version, Language = language, Team = setup.Settings.Reply?.Team, Signature = setup.Settings.Reply?.Signature,
            Greeting = words?.Greeting, GreetingWithoutName = words?.GreetingWithoutName, Intro = words?.Intro, SignOff = words?.SignOff, OwnSignature = words?.Signature, NoSignature = words?.Signature is "",
        };
    }

    /// <summary>What the mailbox said before, with what is typed now; other languages stay.</summary>
    public ReplySettings Over(ReplySettings? before)
    {
        var languages = (before?.Languages ?? new Dictionary<string, ReplyWords>()).ToDictionary();
        var words = new ReplyWords(Given(Greeting), Given(GreetingWithoutName), Given(Intro), Given(SignOff), NoSignature ? "" : Given(OwnSignature));
        var language = (Language ?? "").Trim().ToLowerInvariant();
        if (words == new ReplyWords()) languages.Remove(language);
        else languages[language] = words;
        return new ReplySettings { Team = Given(Team), Signature = Given(Signature), Languages = languages };
    }

    /// <summary>Browsers send CRLF (HTML, form submission).</summary>
    private static string? Given(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.ReplaceLineEndings("\n").Trim();
}
