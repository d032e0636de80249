using EmailOps.Core.Learning;

namespace EmailOps.Core.Triage.Disguises;

/// <summary>Letters that look like others (Unicode TR 39): Cyrillic and Greek inside Latin words and the other way round, styled copies of ASCII, digits for letters.</summary>
internal static class LookAlikes
{
    private const string Cyrillic = "аеорсухіјѕԁԛԝһӏкмтвнгпАВЕЗКМНОРСТУХІЈЅ", OfCyrillic = "aeopcyxijsdqwhlkmtbhrnABEZKMHOPCTYXIJS";
    private const string Greek = "αβγεζηικνορτυχωϲΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", OfGreek = "abyeznikvoptuxwcABEZHIKMNOPTYX";
    private const string Styled = "ℊℎℯℴℓℬℰℱℋℐℒℳℛℭℌℑℜℨℂℍℕℙℚℝℤℹⅰⅴⅹⅼⅽⅾⅿᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢɑɡ", OfStyled = "gheolBEFHILMRCHIRZCHNPQRZiivxlcdmabcdefghijklmnoprstuvwyzag";
    private const int MostGuesses = 4;

    private static readonly Dictionary<char, char> s_latin = Cyrillic.Zip(OfCyrillic).Concat(Greek.Zip(OfGreek)).Concat(Styled.Zip(OfStyled)).ToDictionary(p => p.First, p => p.Second);
    private static readonly Dictionary<char, char> s_cyrillic = OfCyrillic.Zip(Cyrillic).DistinctBy(p => p.First).ToDictionary(p => p.First, p => p.Second);

    /// <summary>A word of two scripts in the one that most of its letters are of; null when it is of one, or letters have no look-alike.</summary>
    public static string? OfOneScript(ReadOnlySpan<char> word)
    {
        int latin = 0, cyrillic = 0, alike = 0, foreign = 0, marks = 0;
        foreach (var c in word)
        {
            if (char.IsAsciiLetter(c))
                latin++;
            else if (c is >= '\u0300' and <= '\u036F')
                marks++;
            else if (c >= 128)
            {
                foreign++;
                alike += s_latin.ContainsKey(c) ? 1 : 0;
                cyrillic += Scripts.Of(c) == Script.Cyrillic ? 1 : 0;
            }
        }
        if (foreign + marks == 0)
            return null;
        if (latin > 0 && cyrillic > latin && cyrillic > alike)
            return Map(word, s_cyrillic);
        if (alike != foreign || foreign + marks == 0)
            return null;
        var plain = Map(word, s_latin);
        // A whole word of look-alikes is a word of that script as a rule.
        return latin > 0 || CueWords.Contains(Hash32.OfFolded(plain)) ? plain : null;
    }

    private static string Map(ReadOnlySpan<char> word, Dictionary<char, char> table)
    {
        var plain = new System.Text.StringBuilder(word.Length);
        foreach (var c in word)
            if (c is < '\u0300' or > '\u036F')
                plain.Append(table.GetValueOrDefault(c, c));
        return plain.ToString();
    }

    /// <summary>The letter a styled copy outside the tables of words stands for: mathematical, circled, squared, full-width.</summary>
    /// <param name="length">UTF-16 units it takes.</param>
    /// <returns>Zero when it is none.</returns>
    public static char Unstyle(ReadOnlySpan<char> text, out int length)
    {
        length = 1;
        var c = text[0];
        if (c < '\u2100')
            return '\0';
        if (c is >= '\uFF01' and <= '\uFF5E')
            return (char)(c - 0xFEE0);
        if (c is >= '\u24B6' and <= '\u24E9')
            return (char)((c < '\u24D0' ? 'A' - 0x24B6 : 'a' - 0x24D0) + c);
        if (c is >= '\u2100' and <= '\u214F' && s_latin.TryGetValue(c, out var letter))
            return letter;
        if (text.Length < 2 || !char.IsSurrogatePair(c, text[1]))
            return '\0';
        length = 2;
        return char.ConvertToUtf32(c, text[1]) switch
        {
            >= 0x1D400 and < 0x1D6A4 and var code => (code - 0x1D400) % 52 is < 26 and var capital ? (char)('A' + capital) : (char)('a' + (code - 0x1D400) % 52 - 26),
            >= 0x1D7CE and <= 0x1D7FF and var code => (char)('0' + (code - 0x1D7CE) % 10),
            >= 0x1F130 and <= 0x1F149 and var code => (char)('A' + code - 0x1F130),
            >= 0x1F150 and <= 0x1F169 and var code => (char)('A' + code - 0x1F150),
            >= 0x1F170 and <= 0x1F189 and var code => (char)('A' + code - 0x1F170),
            _ => '\0',
        };
    }

    /// <summary>A cue word that was written with digits and signs for letters (<c>1gn0r3</c>); null when it is none.</summary>
    public static string? OfDigits(ReadOnlySpan<char> word)
    {
        var guesses = Math.Min(MostGuesses, word.Count('1') + word.Count('|'));
        for (var bits = 0; bits < 1 << guesses; bits++)
        {
            var (plain, at) = (new char[word.Length], 0);
            for (var i = 0; i < word.Length; i++)
                plain[i] = word[i] switch
                {
                    '0' => 'o', '2' => 'z', '3' => 'e', '4' or '@' => 'a', '5' or '$' => 's', '6' or '9' => 'g', '7' => 't', '8' => 'b', '!' => 'i',
                    '1' or '|' => (bits >> Math.Min(at++, MostGuesses - 1) & 1) != 0 ? 'l' : 'i',
                    var other => other,
                };
            if (CueWords.Contains(Hash32.OfFolded(plain)))
                return new string(plain);
        }
        return null;
    }
}
