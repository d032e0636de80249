namespace EmailOps.Core.Knowledge;

/// <summary>
/// Takes endings off so that "returns", "returned" and "return" are one term: one pass, longest ending first, a stem of at least four
/// letters stays (after Savoy 2006, "Light Stemming Approaches"). Only the beginning of the word is kept, so no memory is needed.
/// </summary>
internal static class LightStemmer
{
    private const int LeastStem = 4;

    /// <summary>By language, then by the last letter (a to z), each in the order given: few endings are worth comparing with a word.</summary>
    private static readonly Dictionary<string, string[][]> s_endings = new Dictionary<string, string[]>
    {
        ["en"] = ["ations", "ation", "ingly", "ments", "ment", "ings", "ing", "edly", "ies", "ed", "es", "ly", "s", "e", "y"],
        ["de"] = ["ungen", "ung", "isch", "lich", "ern", "en", "er", "em", "es", "et", "st", "e", "n", "s", "t"],
        ["fr"] = ["issements", "issement", "ements", "ement", "ations", "ation", "euses", "euse", "ees", "ent", "ons", "ez", "er", "ee", "es", "ie", "e", "s", "x"],
        ["es"] = ["aciones", "acion", "iones", "ion", "mente", "ando", "iendo", "ados", "adas", "idos", "idas", "ado", "ada", "ido", "ida", "ar", "er", "ir", "os", "as", "es", "o", "a", "e", "s"],
        ["it"] = ["azioni", "azione", "mente", "ioni", "ione", "ando", "endo", "ato", "ata", "ati", "ate", "are", "ere", "ire", "i", "e", "o", "a"],
        ["pt"] = ["acoes", "acao", "mente", "coes", "cao", "ando", "endo", "ados", "adas", "ado", "ada", "ar", "er", "ir", "os", "as", "es", "o", "a", "e", "s"],
        ["nl"] = ["ingen", "ing", "en", "et", "je", "e", "s", "t"],
        ["sv"] = ["ningar", "ningen", "ning", "arna", "erna", "orna", "ade", "ar", "er", "or", "en", "et", "an", "na", "a", "e", "t", "n", "s"],
        ["da"] = ["ingerne", "inger", "ingen", "ing", "erne", "ede", "er", "en", "et", "e", "s", "t"],
        ["no"] = ["ingene", "inger", "ingen", "ing", "ene", "er", "en", "et", "a", "e", "s", "t"],
        ["pl"] = ["owanie", "owania", "ania", "anie", "eniu", "enia", "enie", "ami", "ach", "owi", "ego", "emu", "ych", "ymi", "iem", "em", "ie", "om", "ow", "y", "i", "a", "e", "o", "u"],
    }.ToDictionary(l => l.Key, l => Enumerable.Range('a', 26).Select(last => l.Value.Where(e => e[^1] == last).ToArray()).ToArray());

    /// <summary>Length of the stem of a folded word.</summary>
    public static int StemLength(ReadOnlySpan<char> word, string language)
    {
        if (word.Length <= LeastStem || !char.IsAsciiLetterLower(word[^1]) || !s_endings.TryGetValue(language, out var endings))
            return word.Length;
        foreach (var ending in endings[word[^1] - 'a'])
            if (word.Length - ending.Length >= LeastStem && word.EndsWith(ending, StringComparison.Ordinal))
                return word.Length - ending.Length;
        return word.Length;
    }
}
