using EmailOps.Core.Learning;

namespace EmailOps.Core.Triage.Disguises;

/// <summary>
/// Finds passages that are written so that rules do not read them and a model does: letters of other scripts, styled or spaced letters, digits for letters,
/// base64, hexadecimal, percent signs, rot13. One pass over tokens that are there already, and a second and third only over a text that had a disguise; linear.
/// </summary>
internal static class Disguise
{
    /// <summary>A disguise inside a disguise is taken off once more, and no further.</summary>
    private const int Deepest = 2;
    /// <summary>Longer texts are read to here (UTF-16 units); callers cut before.</summary>
    public const int ReadLimit = 64_000;

    /// <param name="from">Where reading begins.</param>
    /// <returns>Null when there is nothing disguised, as in nearly all mail.</returns>
    public static PlainReading? Read(TextTokens text, int from)
    {
        if (text.Text.Length > ReadLimit)
            return null;
        PlainReading? reading = null;
        for (var depth = 0; depth < Deepest; depth++)
        {
            if (Find(text, from) is not { Count: > 0 } spans)
                break;
            reading = new PlainReading(text.Text, spans, reading);
            if (reading.Text.Length > ReadLimit)
                break;
            text = new TextTokens();
            text.Read(reading.Text);
        }
        return reading;
    }

    /// <summary>In order and without overlaps.</summary>
    internal static List<DisguisedSpan>? Find(TextTokens text, int from)
    {
        List<DisguisedSpan>? found = null;
        var raw = text.Text.AsSpan(from);
        if (raw.Contains('%'))
            PercentSigns(text.Text, from, ref found);
        if (raw.ContainsAnyInRange('\u2100', '\u24FF') || raw.Contains('\uD835') || raw.Contains('\uD83C') || raw.ContainsAnyInRange('\uFF21', '\uFF5A'))
            StyledLetters.Find(text.Text, from, ref found);
        var scan = new TokenScan(text, from, raw.ContainsAnyInRange('\u0250', '\u052F') || raw.ContainsAnyInRange('\u1D00', '\u1D7F') || raw.ContainsAnyInRange('\u2100', '\u217F') || raw.ContainsAnyInRange('\uA730', '\uA731'));
        scan.Run(ref found);
        return found == null ? null : Apart(found);
    }

    private static void PercentSigns(string text, int from, ref List<DisguisedSpan>? found)
    {
        for (var at = from; at < text.Length && text.IndexOf('%', at) is >= 0 and var sign;)
        {
            if (Encoded.Percent(text, sign, at, out var end) is { } span)
                (found ??= []).Add(span);
            at = Math.Max(end, sign + 1);
        }
    }

    private static List<DisguisedSpan> Apart(List<DisguisedSpan> spans)
    {
        spans.Sort((a, b) => a.Start != b.Start ? a.Start.CompareTo(b.Start) : b.End.CompareTo(a.End));
        var end = 0;
        spans.RemoveAll(span =>
        {
            if (span.Start < end)
                return true;
            end = span.End;
            return false;
        });
        return spans;
    }
}
