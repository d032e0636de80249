using System.Text;
using EmailOps.Core.Contracts;
using EmailOps.Core.Learning;

namespace EmailOps.Core.Knowledge;

/// <summary>What an article may be, and what is made of one that leaves things out.</summary>
internal static class ArticleRules
{
    /// <summary>Longest article in characters; guards cutting, indexing and the editor.</summary>
    public const int MostText = 500_000;
    public const int MostTitle = 300, MostKeywords = 50, MostKeyword = 100;
    private const int MostSlug = 120;
    private const string StandardLanguage = "en";

    /// <returns>Null, or what to change.</returns>
    public static string? Problem(SaveArticle article)
        => string.IsNullOrWhiteSpace(article.Title) ? "An article needs a title."
            : article.Title.Length > MostTitle ? $"The title is longer than {MostTitle} characters. Shorten it."
            : string.IsNullOrWhiteSpace(article.Body) ? "An article needs a text."
            : article.Body.Length > MostText ? $"The text is longer than {MostText:N0} characters. Split the article."
            : !string.IsNullOrEmpty(article.Language) && !IsLanguage(article.Language) ? $"\"{Shown(article.Language)}\" is no language. Write it as en, de, fr, ..., or leave it out."
            : article.Keywords is { Count: > MostKeywords } ? $"There are more than {MostKeywords} keywords. Leave some out."
            : article.Keywords?.FirstOrDefault(k => k is null || k.Length > MostKeyword) is { } longest ? $"The keyword \"{Shown(longest)}\" is longer than {MostKeyword} characters. Shorten it."
            : article.Category is { Length: > 100 } ? "The category is longer than 100 characters. Choose one of the taxonomy."
            : article.Slug is { Length: > 0 } slug && (slug.Length > MostSlug || slug.Any(c => !char.IsLetterOrDigit(c) && c is not ('-' or '_' or '.'))) ? $"The short name may have at most {MostSlug} letters, digits and hyphens."
            : null;

    /// <summary>An article without a <see cref="Problem(SaveArticle)"/> as it is stored.</summary>
    public static KnowledgeArticle Made(SaveArticle article, DateTimeOffset now)
    {
        var markdown = Markdown(article);
        var title = Line(article.Title);
        var language = string.IsNullOrEmpty(article.Language) ? Detected($"{title}\n{markdown}") : article.Language.ToLowerInvariant();
        return new KnowledgeArticle(0, string.IsNullOrEmpty(article.Slug) ? SlugOf(title) : article.Slug, title, language, string.IsNullOrWhiteSpace(article.Category) ? null : article.Category.Trim(),
            markdown, now, [.. (article.Keywords ?? []).Select(Line).Where(k => k.Length > 0).Distinct(StringComparer.OrdinalIgnoreCase)]);
    }

    public static string Markdown(SaveArticle article) => Clean(article.Format switch
    {
        ArticleFormat.Html => HtmlArticle.Read(article.Body).Markdown,
        ArticleFormat.Text => TextArticle.ToMarkdown(article.Body),
        _ => article.Body,
    });

    public static bool IsLanguage(string language) => language.Length is 2 or 3 && language.All(char.IsAsciiLetter);

    /// <summary>English when nobody can tell.</summary>
    public static string Detected(string text)
    {
        var tokens = new TextTokens();
        tokens.Read(text.Length > 4000 ? text[..4000] : text);
        var guess = LanguageIdentifier.Identify(tokens);
        return guess.Language == Languages.Undetermined ? StandardLanguage : guess.Language;
    }

    /// <summary>"Größe und Form" is grosse-und-form.</summary>
    public static string SlugOf(string title)
    {
        var slug = new StringBuilder();
        foreach (var c in title)
        {
            var folded = CharacterTables.Fold(c);
            if (char.IsLetterOrDigit(folded)) slug.Append(folded);
            else if (slug.Length > 0 && slug[^1] != '-') slug.Append('-');
            if (slug.Length >= MostSlug) break;
        }
        return slug.ToString().Trim('-') is { Length: > 0 } made ? made : "article";
    }

    /// <summary>Without what nobody sees and PostgreSQL does not take; halves of surrogate pairs become the replacement character.</summary>
    public static string Clean(string text)
    {
        var visible = VisibleText.Of(text.ReplaceLineEndings("\n"), out _, out _);
        return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(visible));
    }

    private static string Line(string text) => string.Join(' ', Clean(text).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private static string Shown(string text) => text.Length <= 40 ? text : text[..40] + "…";
}
