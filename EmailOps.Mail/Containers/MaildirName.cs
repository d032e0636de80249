using System.Buffers;

namespace EmailOps.Mail.Containers;

/// <summary>File names of a Maildir: <c>1300000000.M1P2.host,S=123:2,RS</c>. Exports made on Windows put <c>;</c> or <c>!</c> in place of the colon.</summary>
internal static class MaildirName
{
    // The convention of maildir(5): system flags in capitals, keywords (Dovecot) in small letters.
    private static readonly SearchValues<char> FlagLetters = SearchValues.Create("DFPRSTabcdefghijklmnopqrstuvwxyz");

    public static string Flags(string path)
    {
        var name = Path.GetFileName(path.AsSpan());
        var info = name.LastIndexOfAny(":;!");
        if (info < 0 || !name[(info + 1)..].StartsWith("2,"))
            return "";
        var flags = name[(info + 3)..];
        return flags.ContainsAnyExcept(FlagLetters) ? "" : flags.ToString();
    }
}
