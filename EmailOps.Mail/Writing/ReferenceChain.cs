using System.Text;

namespace EmailOps.Mail.Writing;

/// <summary>The identifiers of a thread (RFC 5322, section 3.6.4), without angle brackets.</summary>
public static class ReferenceChain
{
    /// <summary>Threading needs the first and the last few; some servers refuse header fields beyond a few kilobytes.</summary>
    public const int MaxKept = 20;

    // A line of 998 octets must hold it (RFC 5322, section 2.1.1).
    private const int MaxLength = 900;

    /// <summary>
    /// What References holds in an answer: the references of the answered mail, or else what it answered itself, then its own identifier. Those that cannot
    /// be written are left out, and so are repetitions.
    /// </summary>
    public static IReadOnlyList<string> After(IReadOnlyList<string> references, IReadOnlyList<string> inReplyTo, string? messageId)
    {
        IEnumerable<string> before = references.Count > 0 ? references : inReplyTo.Count == 1 ? inReplyTo : [];
        return Trim(messageId is null ? before : before.Where(id => id != messageId).Append(messageId));
    }

    /// <summary>Without repetitions and what cannot be written; of a long list the first and the last <see cref="MaxKept"/> - 1.</summary>
    internal static IReadOnlyList<string> Trim(IEnumerable<string> ids)
    {
        var kept = ids.Where(IsWritable).Distinct(StringComparer.Ordinal).ToList();
        if (kept.Count > MaxKept)
            kept.RemoveRange(1, kept.Count - MaxKept);
        return kept;
    }

    /// <summary>Printable ASCII without white space and brackets. An @ is not asked for: what others sent without one is quoted as it is.</summary>
    internal static bool IsWritable(string id) =>
        id.Length is > 0 and <= MaxLength && Ascii.IsValid(id) && !id.AsSpan().ContainsAnyInRange('\0', ' ') && !id.AsSpan().ContainsAny('<', '>', '\u007f');

    internal static bool IsOurs(string id) => IsWritable(id) && id.IndexOf('@', StringComparison.Ordinal) is > 0 and var at && at == id.LastIndexOf('@') && at < id.Length - 1;
}
