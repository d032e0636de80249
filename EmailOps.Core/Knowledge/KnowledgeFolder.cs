using System.Text;
using EmailOps.Core.Contracts;

namespace EmailOps.Core.Knowledge;

/// <summary>An article file cannot be used; the message names the file and what to change.</summary>
internal sealed class KnowledgeException(string file, string problem, Exception? cause = null) : Exception($"{file}: {problem}", cause)
{
    public string File { get; } = file;
    public string Problem { get; } = problem;
}

/// <summary>What was read: the articles, and the files that cannot be used.</summary>
internal sealed record KnowledgeFiles(IReadOnlyList<KnowledgeArticle> Articles, IReadOnlyList<FileProblem> Problems);

/// <summary>
/// Reads articles from Markdown, HTML and text files named <c>slug.language.md</c>. Markdown may begin with front matter between two lines of three hyphens (<c>title</c>, and optionally
/// <c>language</c>, <c>category</c>, <c>updated</c>, <c>keywords</c>). A language that nobody names is detected. A file that cannot be used does not stop the others.
/// </summary>
internal static class KnowledgeFolder
{
    /// <summary>Larger files are no articles; guards memory and cutting.</summary>
    public const int MostBytes = 2 * 1024 * 1024;
    /// <summary>Guards against a folder that was not meant.</summary>
    public const int MostFiles = 50_000;
    private const int MostDepth = 16;
    private static readonly Dictionary<string, ArticleFormat> s_formats = new(StringComparer.OrdinalIgnoreCase)
    {
        [".md"] = ArticleFormat.Markdown, [".markdown"] = ArticleFormat.Markdown, [".html"] = ArticleFormat.Html, [".htm"] = ArticleFormat.Html, [".txt"] = ArticleFormat.Text,
    };

    /// <summary>Articles in order of file name; ids count from 1 and are replaced by those of the store.</summary>
    /// <exception cref="KnowledgeException">There is no such folder.</exception>
    public static KnowledgeFiles Read(string folder)
    {
        if (!Directory.Exists(folder))
            throw new KnowledgeException(folder, "there is no such folder. Set Triage:Knowledge to the folder with the articles.");
        // Links are not followed: they may lead in circles, or out of the folder.
        var options = new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = MostDepth, AttributesToSkip = FileAttributes.ReparsePoint | FileAttributes.Hidden | FileAttributes.System, IgnoreInaccessible = true };
        var files = Directory.EnumerateFiles(folder, "*", options).Where(IsArticle).Take(MostFiles + 1).Order(StringComparer.Ordinal).ToList();
        List<FileProblem> problems = [];
        if (files.Count > MostFiles) problems.Add(new FileProblem(folder, $"it holds more than {MostFiles:N0} files; only so many were read. Import parts of it."));
        return Collect(files.Take(MostFiles).Select(f => (Name: f, Bytes: (Func<byte[]>)(() => Bytes(f)))), problems);
    }

    /// <summary>The articles of a folder; files that cannot be used are passed over.</summary>
    /// <exception cref="KnowledgeException">There is no such folder.</exception>
    public static IReadOnlyList<KnowledgeArticle> Load(string folder) => Read(folder).Articles;

    /// <summary>Files that were handed over, by name.</summary>
    public static KnowledgeFiles Read(IEnumerable<(string Name, byte[] Bytes)> files)
        => Collect(files.Select(f => (f.Name, (Func<byte[]>)(() => f.Bytes))), []);

    public static bool IsArticle(string file) => s_formats.ContainsKey(Path.GetExtension(file)) && !Path.GetFileNameWithoutExtension(file).Equals("README", StringComparison.OrdinalIgnoreCase);

    private static KnowledgeFiles Collect(IEnumerable<(string Name, Func<byte[]> Bytes)> files, List<FileProblem> problems)
    {
        List<KnowledgeArticle> articles = [];
        var known = new Dictionary<(string, string), string>();
        foreach (var (name, bytes) in files)
        {
            try
            {
                var article = Parse(Decoded(bytes(), name), name, articles.Count + 1);
                if (known.TryAdd((article.Slug, article.Language), name)) articles.Add(article);
                else problems.Add(new FileProblem(name, $"{known[(article.Slug, article.Language)]} is the same article in the same language (\"{article.Slug}\", {article.Language}). Rename one of them."));
            }
            catch (KnowledgeException bad)
            {
                problems.Add(new FileProblem(bad.File, bad.Problem));
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                problems.Add(new FileProblem(name, $"it cannot be read: {failure.Message}"));
            }
        }
        return new KnowledgeFiles(articles, problems);
    }

    internal static KnowledgeArticle Parse(string text, string file, long id)
    {
        if (!s_formats.TryGetValue(Path.GetExtension(file), out var format))
            throw new KnowledgeException(file, "only .md, .html and .txt files can be articles. Rename or convert it.");
        var (slug, language) = Named(file);
        var content = text.TrimStart('\uFEFF').ReplaceLineEndings("\n");
        var (facts, body) = format switch
        {
            ArticleFormat.Markdown => FrontMatter.Read(content, file),
            ArticleFormat.Html => OfHtml(content, file),
            _ => OfText(content, file),
        };
        var article = new SaveArticle(facts.Title!, body, facts.Language ?? language, facts.Category, facts.Keywords);
        if (ArticleRules.Problem(article) is { } problem) throw new KnowledgeException(file, problem);
        return ArticleRules.Made(article, facts.UpdatedAt) with { Id = id, Slug = slug };
    }

    /// <summary>"returns.de.md" is the article "returns" in German; "v1.notes.md" has no language in its name.</summary>
    private static (string Slug, string? Language) Named(string file)
    {
        var name = Path.GetFileNameWithoutExtension(file);
        var dot = name.LastIndexOf('.');
        return dot > 0 && ArticleRules.IsLanguage(name[(dot + 1)..]) ? (name[..dot], name[(dot + 1)..].ToLowerInvariant()) : (name, null);
    }

    private static (FrontMatter, string) OfHtml(string html, string file)
    {
        var contents = HtmlArticle.Read(html);
        var heading = contents.Markdown.Split('\n').FirstOrDefault(l => l.StartsWith('#'))?.TrimStart('#', ' ');
        if ((contents.Title ?? heading) is not { } title) throw new KnowledgeException(file, "it has neither a <title> nor a heading. Add one.");
        return (new FrontMatter { Title = title, Language = contents.Language }, contents.Markdown);
    }

    private static (FrontMatter, string) OfText(string text, string file)
    {
        var lines = text.Trim().Split('\n');
        if (lines.Length < 2) throw new KnowledgeException(file, "it needs a title on its first line and text below it.");
        var underlined = lines[1].Trim() is { Length: >= 3 } line && (line.All(c => c == '=') || line.All(c => c == '-'));
        return (new FrontMatter { Title = lines[0].Trim() }, TextArticle.ToMarkdown(string.Join('\n', lines.Skip(underlined ? 2 : 1))));
    }

    private static byte[] Bytes(string file)
        => new FileInfo(file).Length <= MostBytes ? File.ReadAllBytes(file) : throw new KnowledgeException(file, $"it is larger than {MostBytes / 1024 / 1024} MB. Split it.");

    private static string Decoded(byte[] bytes, string file)
    {
        if (bytes.Length > MostBytes) throw new KnowledgeException(file, $"it is larger than {MostBytes / 1024 / 1024} MB. Split it.");
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes);
        }
        catch (DecoderFallbackException e)
        {
            throw new KnowledgeException(file, "it is not UTF-8. Save it with that encoding.", e);
        }
    }
}
