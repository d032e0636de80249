using System.Runtime.CompilerServices;
using EmailOps.Core.Learning;

namespace EmailOps.Core.Drafts.Grounding;

/// <summary>The sentences a team's templates may put into a draft, read once for each set of templates.</summary>
internal sealed class TemplateLines
{
    private static readonly ConditionalWeakTable<ReplyTemplates, TemplateLines> s_read = [];
    private static readonly TemplateLines s_none = new(null);

    private readonly HashSet<ulong> _lines = [];
    private readonly List<string> _greetings = [];

    /// <summary>Every word of the templates.</summary>
    public HashSet<uint> Words { get; } = [];
    /// <summary>What stands in sign-offs: a team's own telephone number is no invention.</summary>
    public List<Claim> Claims { get; } = [];

    /// <param name="sentence">Its key, see <see cref="GroundingPassage.Key"/>.</param>
    public bool Contains(ulong sentence) => _lines.Contains(sentence);

    public static TemplateLines Of(ReplyTemplates? templates) => templates == null ? s_none : s_read.GetValue(templates, static t => new TemplateLines(t));

    private TemplateLines(ReplyTemplates? templates)
    {
        if (templates == null)
            return;
        foreach (var template in templates.ByLanguage.Values)
        {
            Add(template.GreetingWithoutName);
            Add(template.Intro);
            Add(template.SignOff.Replace("{team}", templates.Team, StringComparison.Ordinal));
            _greetings.Add(template.Greeting);
        }
        foreach (var fallback in templates.Fallback.Values)
            foreach (var line in fallback)
                Add(line);
    }

    /// <summary>The team's greetings with this correspondent's own name in them; none when he has no name to greet with.</summary>
    public IReadOnlyList<string> Greetings(GroundingMail mail)
        => CorrespondentName.For(mail.SenderName, mail.Text.AsSpan(mail.Text.IndexOf('\n', StringComparison.Ordinal) + 1), mail.SenderAddress) is { } name ? _greetings.ConvertAll(g => g.Replace("{name}", name, StringComparison.Ordinal).Trim()) : [];

    private void Add(string text)
    {
        var read = GroundingText.Read(text, Languages.Undetermined);
        foreach (var sentence in read.Sentences)
        {
            _lines.Add(GroundingPassage.Key(sentence.Hashes));
            Words.UnionWith(sentence.Hashes);
            Claims.AddRange(sentence.Claims);
        }
    }
}
