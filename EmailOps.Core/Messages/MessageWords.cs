using System.Text;
using EmailOps.Core.Learning;

namespace EmailOps.Core.Messages;

/// <summary>
/// The words a message is found by: folded (lower case, without accents), each once; ideographs as overlapping pairs. Addresses and order numbers are cut where
/// a reader would cut them, in the message and in the question alike. Not thread-safe.
/// </summary>
internal sealed class MessageWords
{
    /// <summary>Different words kept of one message. Guards the index against a mail that is a dictionary.</summary>
    private const int Most = 1_000;
    /// <summary>Characters of a message that are read, and of one word that are kept.</summary>
    private const int MostText = 100_000, MostLength = 40;
    private readonly TextTokens _tokens = new();
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private readonly StringBuilder _text = new();

    /// <summary>Subject, sender and what was newly written.</summary>
    /// <returns>Words with a space between them.</returns>
    public string Of(string subject, string? fromName, string fromAddress, string text)
    {
        _text.Clear().Append(subject).Append('\n').Append(fromName).Append('\n').Append(fromAddress).Append('\n').Append(text.AsSpan(0, Math.Min(text.Length, MostText)));
        return string.Join(' ', Read(_text.ToString()));
    }

    /// <summary>The different words of a text, in order.</summary>
    public IReadOnlyCollection<string> Read(string text)
    {
        _tokens.Read(text);
        _seen.Clear();
        var tokens = _tokens.Tokens;
        for (var i = 0; i < tokens.Length && _seen.Count < Most; i++)
        {
            ref readonly var token = ref tokens[i];
            var length = Math.Min(token.Length, MostLength);
            if (token.Kind == TokenKind.Ideograph && i + 1 < tokens.Length && tokens[i + 1].Kind == TokenKind.Ideograph && tokens[i + 1].Start == token.End) length = 2;
            else if (token.Kind == TokenKind.Ideograph && i > 0 && tokens[i - 1].Kind == TokenKind.Ideograph && tokens[i - 1].End == token.Start) continue;
            var folded = _tokens.Folded.Slice(token.Start, length);
            // Half of a surrogate pair is no character to PostgreSQL.
            if (folded.ContainsAnyInRange('\uD800', '\uDFFF') && !IsWhole(folded)) continue;
            _seen.Add(folded.ToString());
        }
        return _seen;
    }

    private static bool IsWhole(ReadOnlySpan<char> text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i])) continue;
            if (i + 1 >= text.Length || !char.IsSurrogatePair(text[i], text[i + 1])) return false;
            i++;
        }
        return true;
    }
}
