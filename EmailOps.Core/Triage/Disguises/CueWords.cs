using EmailOps.Core.Learning;

namespace EmailOps.Core.Triage.Disguises;

/// <summary>The words orders to a model are made of (of <c>attacks.txt</c> and <c>orders.txt</c>): a disguise is taken off only where one of them appears.</summary>
internal static class CueWords
{
    private const int LongestWord = 20;
    /// <summary>Shorter words become words of other languages by chance when their letters are turned.</summary>
    private const int ShortestTurned = 4;

    private static readonly WordSet s_words;
    private static readonly WordSet s_turned;

    static CueWords()
    {
        var tokens = new TextTokens();
        Dictionary<uint, string> words = [];
        foreach (var name in (string[])["attacks.txt", "orders.txt"])
        {
            using var stream = typeof(CueWords).Assembly.GetManifestResourceStream($"EmailOps.Core.Triage.Lexicons.{name}") ?? throw new InvalidOperationException($"The resource {name} is missing.");
            using var reader = new StreamReader(stream);
            while (reader.ReadLine() is { } line)
            {
                if (line.Length == 0 || line[0] is '#' or '=')
                    continue;
                tokens.Read(line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..]);
                foreach (ref readonly var token in tokens.Tokens)
                    if (token.Kind == TokenKind.Word)
                        words.TryAdd(token.Hash, tokens.FoldedOf(token).ToString());
            }
        }
        s_words = new WordSet(words.Keys);
        s_turned = new WordSet(words.Values.Where(w => w.Length >= ShortestTurned && w.All(char.IsAsciiLetterLower)).Select(w => Hash32.OfFolded(Turn(w))).Where(t => !words.ContainsKey(t)));
    }

    /// <param name="hash">Of the folded word, as tokens have it.</param>
    public static bool Contains(uint hash) => s_words.Contains(hash);

    /// <summary>The hash is that of a cue word whose letters are turned by 13.</summary>
    public static bool ContainsTurned(uint hash) => s_turned.Contains(hash);

    /// <summary>Rot13.</summary>
    public static string Turn(ReadOnlySpan<char> text)
    {
        var turned = new char[text.Length];
        for (var i = 0; i < text.Length; i++)
            turned[i] = text[i] switch
            {
                >= 'a' and <= 'z' => (char)('a' + (text[i] - 'a' + 13) % 26),
                >= 'A' and <= 'Z' => (char)('A' + (text[i] - 'A' + 13) % 26),
                var other => other,
            };
        return new string(turned);
    }

    /// <summary>Puts spaces between words that were written without: as many letters as possible in long known words.</summary>
    public static string Split(string letters)
    {
        var best = new int[letters.Length + 1];
        var from = new int[letters.Length + 1];
        var isLoose = false;
        for (var end = 1; end <= letters.Length; end++)
            best[end] = -1;
        for (var start = 0; start < letters.Length; start++)
        {
            Offer(start, start + 1, 0);
            var hash = Hash32.Seed;
            for (var end = start; end < Math.Min(letters.Length, start + LongestWord);)
            {
                hash = Hash32.Step(hash, CharacterTables.Fold(letters[end]));
                end++;
                if (end - start > 1 && s_words.Contains(hash))
                    Offer(start, end, (end - start) * (end - start));
            }
        }
        List<string> pieces = [];
        for (var end = letters.Length; end > 0; end = from[end])
        {
            // Letters between known words stay together.
            if (end - from[end] == 1 && pieces.Count > 0 && isLoose)
                pieces[^1] = letters[from[end]] + pieces[^1];
            else
                pieces.Add(letters[from[end]..end]);
            isLoose = end - from[end] == 1;
        }
        pieces.Reverse();
        return string.Join(' ', pieces);

        void Offer(int start, int end, int score)
        {
            if (best[start] + score > best[end])
                (best[end], from[end]) = (best[start] + score, start);
        }
    }
}
