using EmailOps.Core.Learning;

namespace EmailOps.Core.Triage.Entities;

/// <summary>An entity with its place in the text.</summary>
internal readonly record struct FoundEntity(string Kind, int Start, int Length, string Value);

/// <summary>
/// Finds what a mail names: addresses, dates, amounts, numbers. One pass over the tokens from left to right; what one reader took is not
/// looked at again.
/// </summary>
internal static class EntityReader
{
    public const string OrderNumber = "order-number", TrackingNumber = "tracking-number", Reference = "reference", Amount = "amount",
        Date = "date", Email = "email", Phone = "phone", Url = "url";

    /// <param name="today">The day the mail came in; days without a year and "tomorrow" are counted from it.</param>
    /// <param name="limit">Most entities; a price list must not fill the result.</param>
    public static void Read(TextTokens text, string language, DateOnly today, int limit, List<FoundEntity> found)
    {
        var at = 0;
        var nextAt = text.Text.IndexOf('@', StringComparison.Ordinal);
        while (at < text.Tokens.Length && found.Count < limit)
        {
            var start = text.Tokens[at].Start;
            if (nextAt >= 0 && nextAt < start)
                nextAt = text.Text.IndexOf('@', start);
            if ((TryUrl(text, at, out var entity)
                || (nextAt >= 0 && TryEmail(text.Text, start, nextAt, out entity))
                || DateReader.TryRead(text, at, language, today, out entity)
                || AmountReader.TryRead(text, at, language, out entity)
                || NumberReader.TryRead(text, at, out entity)) && entity.Start + entity.Length > start)
            {
                found.Add(entity);
                at = Math.Max(at + 1, text.TokenAt(entity.Start + entity.Length));
            }
            else
                at++;
        }
    }

    private static bool TryUrl(TextTokens text, int at, out FoundEntity entity)
    {
        entity = default;
        var token = text.Tokens[at];
        if (token.Length is < 3 or > 5 || text.Folded[token.Start] is not ('h' or 'w'))
            return false;
        var rest = text.Folded[token.Start..];
        if (!(rest.StartsWith("https://") || rest.StartsWith("http://") || rest.StartsWith("www.")))
            return false;
        var length = 0;
        while (length < rest.Length && length < 2_000 && !char.IsWhiteSpace(rest[length]) && rest[length] is not ('<' or '>' or '"' or '»' or '、' or '。' or '」'))
            length++;
        var url = text.Text.AsSpan(token.Start, length).TrimEnd(".,;:!?'\")]}");
        if (url.Length < 8)
            return false;
        entity = new FoundEntity(Url, token.Start, url.Length, url.ToString());
        return true;
    }

    /// <summary>RFC 5321 allows far more; this is what people write.</summary>
    private static bool TryEmail(string text, int start, int at, out FoundEntity entity)
    {
        entity = default;
        if (at - start is < 1 or > 64)
            return false;
        for (var i = start; i < at; i++)
            if (!char.IsLetterOrDigit(text[i]) && text[i] is not ('.' or '_' or '-' or '+' or '%' or '\''))
                return false;
        var end = at + 1;
        while (end < text.Length && end - at < 254 && (char.IsLetterOrDigit(text[end]) || text[end] is '.' or '-'))
            end++;
        while (end > at && text[end - 1] is '.' or '-')
            end--;
        if (text.AsSpan(at + 1, end - at - 1).IndexOf('.') <= 0)
            return false;
        entity = new FoundEntity(Email, start, end - start, text[start..end].ToLowerInvariant());
        return true;
    }
}
