namespace EmailOps.Core.Knowledge;

/// <summary>
/// Takes endings off so that "returns", "returned" and "return" are one term: one pass, longest ending first, a stem of at least four
/// letters stays (after Savoy 2006, "Light Stemming Approaches"). Only the beginning of the word is kept, so no memory is needed.
/// </summary>
internal sealed class LightStemmer
{
    private const int LeastStem = 4;

    /// <summary>By the last letter (a to z), each in the order given: few endings are worth comparing with a word.</summary>
    private readonly string[][] _endings;

    private LightStemmer(string[] endings) => _endings = [.. Enumerable.Range('a', 26).Select(last => endings.Where(e => e[^1] == last).ToArray())];

    private static readonly Dictionary<string, LightStemmer> s_languages = new Dictionary<string, string[]>
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
    }.ToDictionary(l => l.Key, l => new LightStemmer(l.Value));

    private static readonly LightStemmer s_none = new([]);

    /// <summary>For the words of a language; of one without known endings every word is its own stem.</summary>
    public static LightStemmer Of(string language) => s_languages.GetValueOrDefault(language, s_none);

    /// <summary>Length of the stem of a folded word.</summary>
    public int StemLength(ReadOnlySpan<char> word)
    {
        if (word.Length <= LeastStem || !char.IsAsciiLetterLower(word[^1]))
            return word.Length;
        foreach (var ending in _endings[word[^1] - 'a'])
            if (word.Length - ending.Length >= LeastStem && word.EndsWith(ending, StringComparison.Ordinal))
                return word.Length - ending.Length;
        return word.Length;
    }
}
