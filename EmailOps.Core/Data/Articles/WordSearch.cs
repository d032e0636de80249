using EmailOps.Core.Contracts;
using EmailOps.Core.Knowledge.Search;
using EmailOps.Core.Learning;
using Npgsql;

namespace EmailOps.Core.Data.Articles;

/// <summary>One search by words: in the question's language with misspelt words read as known ones, and in the other languages of the base for names and keywords they share.</summary>
internal sealed class WordSearch(NpgsqlConnection connection, string question, string? language)
{
    /// <summary>Passages that are scored, of the question's language and of each other.</summary>
    private const int Candidates = 200, OtherCandidates = 30;
    private const int MostLanguages = 12;
    /// <summary>A text of so few words is taken for another language too easily.</summary>
    private const int FewWords = 4;
    /// <summary>Holds back passages of another language that share but a word.</summary>
    private const double OtherLanguage = 0.6;

    /// <summary>What was found, by id of the passage.</summary>
    public Dictionary<long, FoundPassage> Found { get; } = [];
    public List<WordCorrection> Corrections { get; } = [];
    public string Language { get; private set; } = language ?? Languages.Undetermined;
    /// <summary>Different words of the question that say something.</summary>
    public int Asked { get; private set; }

    internal sealed record FoundPassage(PassageRow Passage, WordMatch Match);

    /// <param name="Average">Words of an average passage.</param>
    private sealed record Base(string Language, long Passages, double Average);

    /// <param name="Likeness">1, or of a misspelt word to the one it is read as.</param>
    private sealed record Term(SearchWord Word, string Text, float Likeness);

    public async Task<WordSearch> RunAsync(CancellationToken cancel)
    {
        var text = new TextTokens();
        text.Read(question);
        if (language is null) Language = LanguageIdentifier.Identify(text).Language;
        var bases = await Sql.QueryAsync(connection, $"select language, count(*), avg(length)::float8 from knowledge_passage group by language order by count(*) desc limit {MostLanguages}", [], r => new Base(r.GetString(0), r.GetInt64(1), r.GetDouble(2)), cancel);
        if (bases.Count == 0) return this;
        if (Language == Languages.Undetermined || (language is null && text.Tokens.Length <= FewWords && !bases.Exists(b => b.Language == Language))) Language = await GuessAsync(text, bases, cancel);
        foreach (var each in bases)
        {
            var isOwn = each.Language == Language;
            // Stop words are those of the question's language, whatever the passages are in.
            var words = SearchWords.Of(text, Language);
            Asked = words.Count;
            if (words.Count > 0) await SearchAsync(each, words, isOwn, cancel);
        }
        return this;
    }

    /// <summary>A word or two are too little to tell a language by: then it is the one whose articles know most of them.</summary>
    private async Task<string> GuessAsync(TextTokens text, List<Base> bases, CancellationToken cancel)
    {
        var words = SearchWords.Of(text, bases[0].Language).Select(w => w.Folded).ToArray();
        var known = await Sql.QueryAsync(connection, "select language, count(*) from knowledge_word where folded = any($1) group by language", [words], r => (Language: r.GetString(0), Count: r.GetInt64(1)), cancel);
        return bases.OrderByDescending(b => known.Find(k => k.Language == b.Language).Count).ThenByDescending(b => b.Passages).First().Language;
    }

    private async Task SearchAsync(Base all, List<SearchWord> words, bool isOwn, CancellationToken cancel)
    {
        var terms = words.ConvertAll(w => new Term(w, w.Text, 1));
        var having = await HavingAsync(all.Language, terms, cancel);
        if (isOwn)
        {
            var corrected = await CorrectedAsync(all.Language, terms, having, cancel);
            if (corrected) having = await HavingAsync(all.Language, terms, cancel);
        }
        var (weighed, total, asked) = (new List<WeighedTerm>(), 0.0, new List<string>());
        var tokens = new TextTokens();
        for (var i = 0; i < terms.Count; i++)
        {
            if (having[i] == 0)
            {
                // A name or a number that no article has says little about whether an article answers.
                total += terms[i].Word.IsWord ? PassageScoring.UnknownWeight : 0;
                continue;
            }
            tokens.Read(terms[i].Text);
            var rarity = PassageScoring.Rarity(having[i], all.Passages);
            total += rarity;
            asked.Add(terms[i].Text);
            foreach (ref readonly var token in tokens.Tokens)
            {
                weighed.Add(new WeighedTerm(Knowledge.Terms.Of(tokens, token, all.Language), rarity, terms[i].Likeness));
                break;
            }
        }
        if (asked.Count == 0) return;
        var scorer = new WordScorer(all.Language, weighed, total, all.Average);
        foreach (var passage in await CandidatesAsync(all.Language, asked, isOwn ? Candidates : OtherCandidates, cancel))
        {
            var match = scorer.Match(passage.Title, passage.Heading, passage.Keywords, passage.Body, passage.Length);
            if (!isOwn) match = match with { Score = match.Score * OtherLanguage };
            if (match.Score > 0) Found[passage.Id] = new FoundPassage(passage, match);
        }
    }

    /// <summary>In how many passages each word stands.</summary>
    private async Task<long[]> HavingAsync(string language, List<Term> terms, CancellationToken cancel)
    {
        var counts = await Sql.QueryAsync(connection, """
            select (select count(*) from knowledge_passage p where p.language = $1 and p.words @@ plainto_tsquery(knowledge_config($1), w.word)) from unnest($2::text[]) with ordinality as w(word, place) order by w.place
            """, [language, terms.Select(t => t.Text).ToArray()], r => r.GetInt64(0), cancel);
        return [.. counts];
    }

    /// <summary>Reads words that no passage has as known ones that look like them; also those whose accents were left out.</summary>
    private async Task<bool> CorrectedAsync(string language, List<Term> terms, long[] having, CancellationToken cancel)
    {
        var unknown = terms.Select((t, i) => (Term: t, Place: i)).Where(t => having[t.Place] == 0 && t.Term.Word is { IsWord: true, Folded.Length: >= Spelling.LeastLength }).Take(Spelling.MostWords).ToList();
        if (unknown.Count == 0) return false;
        var swapped = unknown.SelectMany(u => Spelling.Swaps(u.Term.Word.Folded).Select(s => (Folded: s, u.Place))).ToList();
        var near = await Sql.QueryAsync(connection, """
            select u.place, k.folded, k.word from unnest($2::text[], $3::int[]) as u(folded, place)
            cross join lateral (select folded, word from knowledge_word where language = $1 and folded % u.folded order by similarity(folded, u.folded) desc, folded limit 5) k
            union select s.place, k.folded, k.word from unnest($4::text[], $5::int[]) as s(folded, place) join knowledge_word k on k.language = $1 and k.folded = s.folded
            """, [language, unknown.Select(u => u.Term.Word.Folded).ToArray(), unknown.Select(u => u.Place).ToArray(), swapped.Select(s => s.Folded).ToArray(), swapped.Select(s => s.Place).ToArray()], r => (Place: r.GetInt32(0), Folded: r.GetString(1), Word: r.GetString(2)), cancel);
        var any = false;
        foreach (var (term, place) in unknown)
        {
            var best = near.Where(n => n.Place == place).Select(n => (n.Folded, n.Word, Likeness: Spelling.Likeness(term.Word.Folded, n.Folded)))
                .Where(n => Spelling.IsMisspelt(term.Word.Folded, n.Folded, n.Likeness)).OrderByDescending(n => n.Likeness).FirstOrDefault();
            if (best.Word is null) continue;
            any = true;
            terms[place] = term with { Text = best.Word, Likeness = best.Folded == term.Word.Folded ? 1 : Math.Max(best.Likeness, Spelling.LeastLikeness) };
            Corrections.Add(new WordCorrection(term.Text, best.Word));
        }
        return any;
    }

    private Task<List<PassageRow>> CandidatesAsync(string language, List<string> words, int most, CancellationToken cancel)
        => Sql.QueryAsync(connection, $"""
            select {PassageRow.Columns} from (select id from knowledge_passage p, knowledge_query($1, $2) q where p.language = $1 and p.words @@ q order by ts_rank(p.words, q, 1) desc, id limit {most}) found
            join knowledge_passage p on p.id = found.id join knowledge_article a on a.id = p.article_id
            """, [language, words.ToArray()], PassageRow.Read, cancel);
}
