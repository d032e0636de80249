using System.Runtime.InteropServices;

namespace EmailOps.Core.Learning.Labels;

/// <summary>
/// What word features do not see of a short text: punctuation as words, three words in a row, how it begins and ends, how long it is. Whether a sentence asks for something hangs on these.
/// </summary>
internal static class SentenceFacts
{
    private const int MostWords = 120;
    private const int BeginningWords = 4;

    public static List<string> Of(string text)
    {
        List<string> words = ["^"];
        var i = 0;
        while (i < text.Length && words.Count < MostWords)
        {
            var c = CharacterTables.Fold(text[i]);
            var kind = CharacterTables.Kind(text[i]);
            if (kind is CharacterKind.Letter or CharacterKind.Ideograph)
            {
                var start = i++;
                while (kind == CharacterKind.Letter && i < text.Length && (CharacterTables.Kind(text[i]) == CharacterKind.Letter || (text[i] is '\'' or '’' && i + 1 < text.Length && char.IsLetter(text[i + 1]))))
                    i++;
                words.Add(string.Create(i - start, (text, start), static (span, from) =>
                {
                    for (var k = 0; k < span.Length; k++)
                        span[k] = CharacterTables.Fold(from.text[from.start + k]);
                }));
                continue;
            }
            if (kind == CharacterKind.Digit)
            {
                while (i < text.Length && CharacterTables.Kind(text[i]) == CharacterKind.Digit)
                    i++;
                words.Add("#");
                continue;
            }
            if (c is '?' or '!' or '.' or ',' or ':' or ';' or '$' or '@' or '？' or '。' or '؟')
                words.Add(c.ToString());
            i++;
        }
        words.Add("$end");
        List<string> facts = [];
        var span = CollectionsMarshal.AsSpan(words);
        for (var k = 0; k < span.Length; k++)
        {
            facts.Add(span[k]);
            if (k + 1 < span.Length)
                facts.Add($"{span[k]} {span[k + 1]}");
            if (k + 2 < span.Length)
            {
                facts.Add($"{span[k]} {span[k + 1]} {span[k + 2]}");
                facts.Add($"{span[k]} _ {span[k + 2]}");
            }
            if (k is > 0 and <= BeginningWords && k < span.Length - 1)
                facts.Add($"{k}={span[k]}");
        }
        facts.Add($"length={Math.Min(12, words.Count / 4)}");
        return facts;
    }
}
