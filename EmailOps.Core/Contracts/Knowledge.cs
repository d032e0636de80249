namespace EmailOps.Core.Contracts;

public sealed record ArticleView(long Id, string Slug, string Title, string Language, string? Category, DateTimeOffset UpdatedAt);

/// <param name="Html">Rendered from Markdown: raw HTML in the source escaped, only links that browsers may safely follow.</param>
/// <param name="Version">To be sent as If-Match.</param>
/// <param name="Passages">How it is cut: what searches find and drafts cite.</param>
public sealed record ArticleDetail(ArticleView Article, string Markdown, string Html, int Version = 1, IReadOnlyList<string>? Keywords = null, string? EditedBy = null, IReadOnlyList<PassageView>? Passages = null);

/// <param name="Heading">Empty for what stands before the first one.</param>
public sealed record PassageView(string Heading, string Text);

/// <summary>How an article is written. HTML and text are turned into Markdown: nothing of the HTML but its words and structure is kept.</summary>
public enum ArticleFormat { Markdown, Html, Text }

/// <summary>An article to store, or to look at.</summary>
/// <param name="Language">ISO 639-1; detected when null.</param>
/// <param name="Category">Of the taxonomy; null when it fits several.</param>
/// <param name="Keywords">Words people use for it that its text does not have, in any language.</param>
/// <param name="Slug">The same for all languages of an article; made from the title when null.</param>
public sealed record SaveArticle(string Title, string Body, string? Language = null, string? Category = null, IReadOnlyList<string>? Keywords = null, string? Slug = null, ArticleFormat Format = ArticleFormat.Markdown);

public sealed record ArticlePreview(string Language, string Markdown, string Html, IReadOnlyList<PassageView> Passages);

/// <summary>What a reading of files did.</summary>
/// <param name="Kept">Edited in the console since their file was read; left as they are.</param>
public sealed record KnowledgeImportView(int Added, int Changed, int Same, int Kept, IReadOnlyList<FileProblem> Problems);

/// <summary>A file that cannot be used, and what to change.</summary>
public sealed record FileProblem(string File, string Problem);

/// <summary>What the knowledge base says to a question.</summary>
/// <param name="Language">Of the question; given or detected.</param>
/// <param name="IsKnown">False: nothing is close enough, "we don't know".</param>
/// <param name="Hits">Above the floor, best first.</param>
/// <param name="Below">The nearest that are not close enough; for people who wonder why, never for answers.</param>
/// <param name="Corrections">Words that no article has, and what they were read as.</param>
/// <param name="Model">Whose vectors were compared; null when none are ready.</param>
/// <param name="MeaningFloor">Least likeness of meaning by that model, 0-1.</param>
/// <param name="Note">What is not as usual; null as a rule.</param>
public sealed record KnowledgeAnswer(string Question, string Language, bool IsKnown, IReadOnlyList<KnowledgeHit> Hits, IReadOnlyList<KnowledgeHit> Below, IReadOnlyList<WordCorrection> Corrections, string? Model, double MeaningFloor, string? Note);

/// <summary>A passage found, and why.</summary>
/// <param name="Score">Of the fused ranking, 0-1.</param>
/// <param name="WordScore">BM25F of its words.</param>
/// <param name="Coverage">Share of what was asked, by weight of its words, that the passage has, 0-1.</param>
/// <param name="WordRank">Place among passages found by words; null when it is not among them.</param>
/// <param name="ByTypo">A word was found under another spelling.</param>
/// <param name="Meaning">Cosine with the question, 0-1.</param>
/// <param name="MeaningRank">Place among the nearest in meaning; null when it is not among them.</param>
/// <param name="FoundBy">Which of words, typo and meaning reached the floor.</param>
public sealed record KnowledgeHit(long ArticleId, string Article, string Heading, string Language, string? Category, string Text, double Score, double WordScore, double Coverage, int? WordRank, bool ByTypo, double Meaning, int? MeaningRank, IReadOnlyList<string> FoundBy);

public sealed record WordCorrection(string Asked, string ReadAs);

/// <summary>How far the search is.</summary>
/// <param name="Model">Whose vectors searches use; null when none are complete.</param>
/// <param name="Wanted">Whose they should be.</param>
/// <param name="Embedded">Passages that have a vector of the wanted model.</param>
/// <param name="Uncut">Articles whose passages are not made yet.</param>
/// <param name="Problem">Why it does not go on just now; null when it does.</param>
public sealed record KnowledgeIndexView(long Articles, long Passages, string? Model, string Wanted, long Embedded, long Uncut, bool IsComplete, DateTimeOffset? ReadyAt, string? Problem);
