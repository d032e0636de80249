using System.Text;
using EmailOps.Mail.Automated;

namespace EmailOps.Core.Messages;

/// <summary>Subjects as threads compare them, for mail programs that drop References.</summary>
internal static class ThreadSubject
{
    private const int LeastWords = 3, LeastLetters = 6, MaxLength = 300;

    /// <summary>
    /// What a reply's subject must share with its thread's: without prefixes, in one case, words and numbers only. Null when it says too little to tell
    /// one concern from another ("Order", "Your invoice").
    /// </summary>
    public static string? Key(string subject)
    {
        var text = new StringBuilder();
        var (words, hasNumber, dense) = (0, false, 0);
        var isWord = false;
        var digits = 0;
        foreach (var rune in SubjectPrefix.Strip(subject).EnumerateRunes())
        {
            if (text.Length >= MaxLength) break;
            if (!Rune.IsLetterOrDigit(rune))
            {
                (isWord, digits) = (false, 0);
                continue;
            }
            if (!isWord)
            {
                if (text.Length > 0) text.Append(' ');
                words++;
            }
            isWord = true;
            digits = Rune.IsDigit(rune) ? digits + 1 : 0;
            hasNumber |= digits >= 4;
            if (rune.Value is >= 0x0E00 and <= 0x0E7F or >= 0x3040 and <= 0x9FFF or >= 0xAC00 and <= 0xD7AF or > 0x1FFFF) dense++; // scripts that say much in few letters
            text.Append(Rune.ToLowerInvariant(rune).ToString());
        }
        return words >= LeastWords || (words == LeastWords - 1 && hasNumber) || dense >= LeastLetters ? text.ToString() : null;
    }

    public static bool IsReply(string subject) => SubjectPrefix.IsReply(subject);
}
