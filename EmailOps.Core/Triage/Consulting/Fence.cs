using System.Security.Cryptography;
using System.Text;
using EmailOps.Core.Learning;

namespace EmailOps.Core.Triage.Consulting;

/// <summary>
/// The mark around words of strangers. It is made of the words and a key of this installation: nobody outside can know it, so no mail can close its own
/// fence, and the same question twice is the same text, so that an answer can be kept (a mark drawn anew would make every question a new one).
/// </summary>
internal sealed class Fence
{
    private const int Length = 20;

    private Fence(string mark) => Mark = mark;

    public string Mark { get; }

    /// <param name="key">Secret, of this installation.</param>
    /// <param name="words">All words of strangers in the question.</param>
    public static Fence For(ReadOnlySpan<byte> key, params IReadOnlyList<string> words)
    {
        using var mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        foreach (var text in words)
        {
            mac.AppendData(BitConverter.GetBytes(text.Length));
            mac.AppendData(Encoding.UTF8.GetBytes(text));
        }
        return new Fence(Convert.ToHexStringLower(mac.GetHashAndReset())[..Length]);
    }

    /// <summary>Words of a stranger as data.</summary>
    /// <param name="what">What they are, for the opening line.</param>
    public string Around(string what, string words) => $"<<<{Mark} {what}\n{Clean(words)}\n{Mark}>>>\n";

    /// <summary>Visible characters only, and no run of angle brackets that looks like a fence or a chat's own marks.</summary>
    private static string Clean(string words)
        => VisibleText.Of(words, out _, out _).ReplaceLineEndings("\n").Replace("<<<", "< < <", StringComparison.Ordinal).Replace(">>>", "> > >", StringComparison.Ordinal)
            .Replace("<|", "< |", StringComparison.Ordinal).Replace("|>", "| >", StringComparison.Ordinal).Replace("[INST]", "[ INST ]", StringComparison.OrdinalIgnoreCase).Replace("[/INST]", "[ /INST ]", StringComparison.OrdinalIgnoreCase).Trim();
}
