using EmailOps.Mail;

namespace EmailOps.Core.Messages;

/// <summary>The look of a mail's body as facts: tags, links, how much of it is markup, capitals, marks, money, quotes.</summary>
internal static class MailShape
{
    /// <summary>A body is looked at to this length (UTF-16 units).</summary>
    private const int ReadLimit = 60_000;
    private const int MostTags = 3_000;
    private const int MostLinks = 100;

    public static void Of(MailMessage message, List<string> facts)
    {
        var text = Cut(message.VisibleText);
        Words(text, facts);
        if (message.HtmlBody is { } html)
        {
            html = Cut(html);
            Tags(html, facts);
            facts.Add($"markup={Log(html.Length / (1 + text.Length))}");
            Links(html, facts);
        }
        Links(text, facts);
        facts.Add($"hidden={Log(message.HiddenText.Length / 20)}");
    }

    private static void Words(string text, List<string> facts)
    {
        int words = 0, shouted = 0, run = 0, capitals = 0, wide = 0;
        for (var i = 0; i <= text.Length; i++)
        {
            if (i < text.Length && char.IsLetter(text[i]))
            {
                run++;
                capitals += char.IsUpper(text[i]) ? 1 : 0;
                wide += text[i] > 127 ? 1 : 0;
                continue;
            }
            if (run > 0)
            {
                words++;
                shouted += run >= 3 && capitals == run ? 1 : 0;
            }
            run = capitals = 0;
        }
        facts.Add($"words={Log(words)}");
        facts.Add($"shouted={10 * shouted / (1 + words)}");
        facts.Add($"exclamations={Log(text.AsSpan().Count('!'))}");
        facts.Add($"money={Log(text.AsSpan().Count('$') + text.AsSpan().Count('€') + text.AsSpan().Count('£'))}");
        facts.Add($"foreign={Log(wide)}");
        facts.Add($"quotes={Log(text.AsSpan().Count("\n>"))}");
    }

    private static void Tags(string html, List<string> facts)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var tags = 0;
        for (var i = html.IndexOf('<', StringComparison.Ordinal); i >= 0 && tags < MostTags; i = html.IndexOf('<', i + 1), tags++)
        {
            var end = i + 1;
            while (end < html.Length && end - i <= 12 && char.IsAsciiLetterOrDigit(html[end]))
                end++;
            if (end > i + 1)
                seen.Add(html[(i + 1)..end].ToLowerInvariant());
        }
        foreach (var tag in seen)
            facts.Add($"tag={tag}");
        facts.Add($"tags={Log(tags)}");
    }

    private static void Links(string text, List<string> facts)
    {
        var links = 0;
        for (var i = text.IndexOf("://", StringComparison.Ordinal); i >= 0 && links < MostLinks; i = text.IndexOf("://", i + 3, StringComparison.Ordinal), links++)
        {
            var end = i + 3;
            while (end < text.Length && end - i < 120 && text[end] is not ('/' or '"' or '\'' or '>' or '<' or ' ' or '?' or '\n' or '\r' or ')'))
                end++;
            var host = text[(i + 3)..end].ToLowerInvariant();
            facts.Add($"link-is-address={host.All(c => char.IsAsciiDigit(c) || c is '.' or ':')}");
            facts.Add($"link-masked={host.Contains('@', StringComparison.Ordinal) || host.Contains('%', StringComparison.Ordinal)}");
            facts.Add($"link-port={host.Contains(':', StringComparison.Ordinal)}");
            facts.Add($"link-host={host}");
            facts.Add($"link-top={host[(host.LastIndexOf('.') + 1)..]}");
        }
        facts.Add($"links={Log(links)}");
    }

    private static int Log(int count) => (int)Math.Log2(1 + Math.Max(0, count));

    private static string Cut(string text) => text.Length <= ReadLimit ? text : text[..ReadLimit];
}
