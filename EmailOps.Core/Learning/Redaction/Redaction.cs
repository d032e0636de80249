using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace EmailOps.Core.Learning.Redaction;

/// <summary>A text with its placeholders filled again.</summary>
/// <param name="Text">What may not be filled, or was made up, still stands as a placeholder: such a text must not be sent.</param>
/// <param name="Open">Those placeholders.</param>
internal sealed record FilledText(string Text, IReadOnlyList<string> Open);

/// <summary>
/// Takes personal data and secrets out of texts before a remote model sees them, and puts back into its answer what an answer may say. One object for one
/// question to a model: the same value has the same placeholder ("[CARD-1]") in all its texts. Pure but for that table; not thread-safe.
/// </summary>
internal sealed partial class Redaction
{
    private readonly Dictionary<(RedactedKind, string), string> _placeholders = [];
    private readonly Dictionary<string, (RedactedKind Kind, string Value)> _values = [];
    private readonly Dictionary<RedactedKind, int> _counts = [];
    private readonly HashSet<string> _open;

    /// <param name="open">Values that are no secret: the team's own addresses and telephone numbers, as its articles have them.</param>
    public Redaction(IEnumerable<string>? open = null) => _open = [.. (open ?? []).Select(v => Key(v))];

    /// <summary>How many different pieces of each kind are hidden.</summary>
    public IReadOnlyDictionary<RedactedKind, int> Counts => _counts;

    /// <summary>The text with placeholders; the text itself when there is nothing to hide. Linear in its length.</summary>
    public string Hide(string text)
    {
        var secrets = SecretScan.Find(text);
        if (secrets.Count == 0)
            return text;
        var hidden = new StringBuilder(text.Length);
        var at = 0;
        foreach (var secret in secrets)
        {
            var value = text.Substring(secret.Start, secret.Length);
            hidden.Append(text, at, secret.Start - at);
            hidden.Append(_open.Contains(Key(value)) ? value : Placeholder(secret.Kind, value));
            at = secret.End;
        }
        return hidden.Append(text, at, text.Length - at).ToString();
    }

    /// <summary>Puts addresses, telephone numbers and street lines back. Cards, accounts, passwords, keys and ids never come back: no answer needs them.</summary>
    public FilledText Fill(string text)
    {
        List<string> open = [];
        var filled = PlaceholderPattern().Replace(text, match =>
        {
            if (_values.TryGetValue(match.Value, out var known) && known.Kind is RedactedKind.Email or RedactedKind.Phone or RedactedKind.Street or RedactedKind.Text)
                return known.Value;
            open.Add(match.Value);
            return match.Value;
        });
        return new FilledText(filled, open);
    }

    private string Placeholder(RedactedKind kind, string value)
    {
        if (_placeholders.TryGetValue((kind, Key(value)), out var placeholder))
            return placeholder;
        var number = _counts[kind] = _counts.GetValueOrDefault(kind) + 1;
        placeholder = string.Create(CultureInfo.InvariantCulture, $"[{Name(kind)}-{number}]");
        _placeholders[(kind, Key(value))] = placeholder;
        _values[placeholder] = (kind, value);
        return placeholder;
    }

    private static string Name(RedactedKind kind) => kind switch { RedactedKind.NationalId => "ID", _ => kind.ToString().ToUpperInvariant() };

    /// <summary>"4111 1111 ..." and "41111111..." are one value.</summary>
    private static string Key(string value) => string.Concat(value.Where(c => !char.IsWhiteSpace(c) && c is not ('-' or '/' or '(' or ')'))).ToLowerInvariant();

    [GeneratedRegex(@"\[(?:CARD|IBAN|PASSWORD|KEY|ID|EMAIL|PHONE|STREET|TEXT)-[0-9]{1,6}\]", RegexOptions.CultureInvariant)]
    internal static partial Regex PlaceholderPattern();
}
