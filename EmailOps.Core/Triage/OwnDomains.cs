using EmailOps.Core.Knowledge;
using EmailOps.Core.Learning;
using EmailOps.Core.Triage.Entities;
using EmailOps.Core.Triage.Lexicons;

namespace EmailOps.Core.Triage;

/// <summary>The team's domains, taken from the addresses its own articles name: what they cite is not a stranger's.</summary>
internal static class OwnDomains
{
    public static IReadOnlySet<string> Of(IReadOnlyList<KnowledgeArticle> articles)
    {
        var domains = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var tokens = new TextTokens();
        List<FoundEntity> found = [];
        foreach (var article in articles)
        {
            found.Clear();
            tokens.Read(article.Markdown);
            EntityReader.Read(tokens, article.Language, DateOnly.FromDateTime(article.UpdatedAt.UtcDateTime), 1_000, found);
            foreach (var entity in found)
                if (entity.Kind == EntityReader.Url)
                    domains.Add(LinkSigns.DomainOf(LinkSigns.HostOf(entity.Value)));
                else if (entity.Kind == EntityReader.Email)
                    domains.Add(LinkSigns.DomainOf(entity.Value[(entity.Value.LastIndexOf('@') + 1)..]));
        }
        return domains;
    }
}
