namespace EmailOps.Core.Learning;

/// <summary>How many letters a text has.</summary>
/// <param name="Cased">Those of scripts that know capitals and small letters.</param>
internal readonly record struct LetterCount(int Letters, int Cased, int Capitals)
{
    public static LetterCount Of(ReadOnlySpan<char> text)
    {
        int letters = 0, capitals = 0, others = 0;
        foreach (var c in text)
            if (char.IsAscii(c))
            {
                letters += char.IsAsciiLetter(c) ? 1 : 0;
                capitals += char.IsAsciiLetterUpper(c) ? 1 : 0;
            }
            else if (char.IsLetter(c))
            {
                letters++;
                capitals += char.IsUpper(c) ? 1 : 0;
                others += char.IsUpper(c) || char.IsLower(c) ? 0 : 1;
            }
        return new LetterCount(letters, letters - others, capitals);
    }

    public static LetterCount operator +(LetterCount a, LetterCount b) => new(a.Letters + b.Letters, a.Cased + b.Cased, a.Capitals + b.Capitals);
}
