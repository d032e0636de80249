using System.Globalization;
using System.Text;

namespace EmailOps.Mail.Writing;

/// <summary>Checks addresses before they are written into a header or an SMTP command (RFC 5322 section 3.4.1, RFC 5321 section 4.1.2, RFC 6531).</summary>
public static class AddrSpec
{
    /// <summary>RFC 5321 section 4.5.3.1 says 64 and 255 octets; bounce addresses of large senders have longer local parts.</summary>
    private const int MaxLength = 500;

    private static readonly IdnMapping Idn = new() { AllowUnassigned = true };

    /// <summary>The address as it is written: the domain in ASCII (RFC 5891), the local part untouched.</summary>
    /// <exception cref="ArgumentException">It cannot be written; the message says why.</exception>
    public static string Normalise(string address) =>
        TryNormalise(address, out var normal, out var problem) ? normal : throw new ArgumentException(problem, nameof(address));

    /// <summary>False where the address cannot be written; <paramref name="problem"/> then says why.</summary>
    public static bool TryNormalise(string address, out string normal, out string? problem)
    {
        normal = address;
        problem = Problem(address);
        if (problem is not null)
            return false;
        var at = address.LastIndexOf('@');
        if (Ascii.IsValid(address.AsSpan(at + 1)))
            return true;
        try
        {
            normal = address[..(at + 1)] + Idn.GetAscii(address, at + 1);
        }
        catch (ArgumentException)
        {
            problem = "The domain of the address is not a valid name.";
            return false;
        }
        // What the mapping makes of exotic characters must be a name again: a fullwidth ">" becomes ">".
        problem = IsDomain(normal.AsSpan(at + 1)) ? null : "The domain of the address is not a valid name.";
        return problem is null;
    }

    /// <summary>The local part is not ASCII: only servers with SMTPUTF8 know it.</summary>
    public static bool NeedsSmtpUtf8(string address) => !Ascii.IsValid(address.AsSpan(0, Math.Max(0, address.LastIndexOf('@'))));

    private static string? Problem(string address)
    {
        var at = address.LastIndexOf('@');
        if (at <= 0 || at == address.Length - 1)
            return "An address has a local part, an @ and a domain.";
        if (address.Length > MaxLength)
            return $"An address has at most {MaxLength} characters.";
        if (!IsLocalPart(address.AsSpan(0, at)))
            return "The local part of the address holds characters that it may not hold.";
        return Ascii.IsValid(address.AsSpan(at + 1)) && !IsDomain(address.AsSpan(at + 1)) ? "The domain of the address is not a valid name." : null;
    }

    private static bool IsLocalPart(ReadOnlySpan<char> local)
    {
        if (local[0] == '"')
            return local.Length > 2 && local[^1] == '"' && IsQuoted(local[1..^1]);
        foreach (var rune in local.EnumerateRunes())
        {
            // Dots at the ends and in a row break the rules, and are real addresses of Japanese mobile networks.
            if (!(rune.IsAscii ? IsAtom((char)rune.Value) || rune.Value == '.' : IsText(rune)))
                return false;
        }
        return true;
    }

    private static bool IsQuoted(ReadOnlySpan<char> content)
    {
        for (var i = 0; i < content.Length; i++)
        {
            if (content[i] == '"' || (content[i] == '\\' && ++i == content.Length))
                return false;
        }
        foreach (var rune in content.EnumerateRunes())
        {
            if (rune.IsAscii ? rune.Value is < ' ' or 127 : !IsText(rune))
                return false;
        }
        return true;
    }

    private static bool IsDomain(ReadOnlySpan<char> domain)
    {
        var isLiteral = domain.Length > 2 && domain[0] == '[' && domain[^1] == ']';
        foreach (var c in isLiteral ? domain[1..^1] : domain)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('.' or '-') && (isLiteral ? c != ':' : c != '_'))
                return false;
        }
        return domain[0] != '.' && domain[^1] != '.' && domain.IndexOf("..") < 0;
    }

    internal static bool IsAtom(char c) => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-/=?^_`{|}~".Contains(c, StringComparison.Ordinal);

    // No lone surrogate (read as U+FFFD), no white space or control character of any script, nothing unseen that turns the direction.
    private static bool IsText(Rune rune) => rune != Rune.ReplacementChar && !Rune.IsWhiteSpace(rune) && !Rune.IsControl(rune) && Rune.GetUnicodeCategory(rune) is not UnicodeCategory.Format;
}
