using System.Numerics.Tensors;

namespace EmailOps.Core.Learning;

/// <summary>Scores the languages of one script by naive Bayes: common words where known, character trigrams for every word.</summary>
internal sealed class LanguageScorer
{
    /// <summary>Nats for a word of the language's list, shared out among the languages that have it.</summary>
    private const float WordBonus = 2.6f;
    private const float Smoothing = 0.4f;
    /// <summary>Trigrams of one word are anything but independent.</summary>
    private const float TrigramShare = 0.5f;

    private readonly string[] _languages;
    /// <summary>Numbers a row, rounded up to whole vectors.</summary>
    private readonly int _width;
    private readonly HashedRows _trigrams;
    /// <summary>What a word counts for each language, and behind that which languages have it.</summary>
    private readonly HashedRows _words;
    /// <summary>What a trigram that was never seen counts.</summary>
    private readonly float[] _unseen;
    private readonly bool[,] _close;

    public LanguageScorer(IReadOnlyList<LanguageProfiles.Profile> profiles)
    {
        _languages = [.. profiles.Select(p => p.Language)];
        _width = HashedRows.WidthOf(_languages.Length);
        Dictionary<uint, float[]> trigrams = [], words = [];
        var totals = new float[_languages.Length];
        for (var language = 0; language < _languages.Length; language++)
        {
            // Common words stand for many occurrences, so they are read thrice.
            foreach (var word in profiles[language].Words)
                Count(word, language, 3);
            var tokens = new TextTokens();
            tokens.Read(profiles[language].Text);
            foreach (var token in tokens.Tokens)
                Count(tokens.TextOf(token).ToString().ToLowerInvariant(), language, 1);
        }
        var unseen = new float[_languages.Length];
        for (var language = 0; language < _languages.Length; language++)
            unseen[language] = MathF.Log(Smoothing / (totals[language] + Smoothing * trigrams.Count));
        // Kept as they are added up: half of the logarithm.
        foreach (var counts in trigrams.Values)
            for (var language = 0; language < _languages.Length; language++)
            {
                var lead = MathF.Log((counts[language] + Smoothing) / (totals[language] + Smoothing * trigrams.Count)) - unseen[language];
                counts[language] = TrigramShare * (lead + unseen[language]);
            }
        _unseen = new float[_width];
        for (var language = 0; language < _languages.Length; language++)
            _unseen[language] = TrigramShare * unseen[language];
        _close = new bool[_languages.Length, _languages.Length];
        for (var one = 0; one < _languages.Length; one++)
            for (var other = 0; other < _languages.Length; other++)
                _close[one, other] = AreClose(words.Values, one, other);
        foreach (var owners in words.Values)
        {
            var shared = TensorPrimitives.Sum<float>(owners);
            for (var language = 0; language < _languages.Length; language++)
                (owners[language], owners[_width + language]) = (owners[language] > 0 ? WordBonus / MathF.Sqrt(shared) : 0, owners[language]);
        }
        (_trigrams, _words) = (new HashedRows(trigrams, _width), new HashedRows(words, 2 * _width));

        void Count(string word, int language, int times)
        {
            foreach (var part in word.Split('\''))
            {
                if (part.Length == 0)
                    continue;
                Row(words, Hash32.OfFoldedWord(part), 2 * _width)[language] = 1;
                for (var i = 0; i < part.Length; i++)
                {
                    Row(trigrams, Trigram(part, i), _width)[language] += times;
                    totals[language] += times;
                }
            }
        }

        static float[] Row(Dictionary<uint, float[]> table, uint key, int width) => table.TryGetValue(key, out var row) ? row : table[key] = new float[width];
    }

    public LanguageGuess Best(TextTokens text, ReadOnlySpan<Token> tokens, float leastLead)
    {
        Span<float> sums = stackalloc float[2 * _width];
        sums.Clear();
        Span<char> word = stackalloc char[24];
        var count = 0;
        foreach (ref readonly var token in tokens)
        {
            if (token.Kind != TokenKind.Word || token.Length > word.Length)
                continue;
            count++;
            text.TextOf(token).ToLowerInvariant(word);
            Score(word[..token.Length], sums);
        }
        var scores = sums[.._languages.Length];
        var known = sums.Slice(_width, _languages.Length);
        if (count == 0)
            return new(Languages.Undetermined, 0, Languages.Undetermined);
        int best = TensorPrimitives.IndexOfMax<float>(scores), second = best == 0 ? 1 : 0;
        for (var i = 0; i < scores.Length; i++)
            if (i != best && scores[i] > scores[second])
                second = i;
        var lead = scores[best] - scores[second];
        // Random letters favour somebody too: at least one word must be known, more in longer texts.
        if (lead < leastLead || known[best] * 12 < Math.Min(count, 60))
            return new(Languages.Undetermined, Math.Clamp(lead / leastLead / 4, 0, 0.4), Languages.Undetermined);
        var other = Languages.Undetermined;
        for (var i = 0; i < scores.Length; i++)
            if (i != best && known[i] >= 6 && known[i] * 2 >= known[best] && !_close[best, i])
                other = _languages[i];
        return new(_languages[best], Math.Clamp(1 - MathF.Exp(-lead / 4), 0, 0.99), other);
    }

    /// <summary>Languages whose common words are mostly the same are never each other's second.</summary>
    private static bool AreClose(IEnumerable<float[]> words, int one, int other)
    {
        int both = 0, either = 0;
        foreach (var owners in words)
        {
            both += owners[one] > 0 && owners[other] > 0 ? 1 : 0;
            either += owners[other] > 0 ? 1 : 0;
        }
        return both * 5 > either;
    }

    /// <summary>Accents are kept: they are what tells languages apart.</summary>
    private void Score(ReadOnlySpan<char> word, Span<float> sums)
    {
        if (_words.Find(Hash32.OfFoldedWord(word)) is { IsEmpty: false } owners)
            RowMath.Add(sums, owners);
        var scores = sums[.._width];
        for (var i = 0; i < word.Length; i++)
            RowMath.Add(scores, _trigrams.Find(Trigram(word, i)) is { IsEmpty: false } known ? known : _unseen);
    }

    private static uint Trigram(ReadOnlySpan<char> word, int at)
        => Hash32.Step(Hash32.Step(Hash32.Step(Hash32.Seed, at > 0 ? word[at - 1] : ' '), word[at]), at + 1 < word.Length ? word[at + 1] : ' ');
}
