namespace EmailOps.Mail;

/// <summary>A mailbox of an address field (RFC 5322, section 3.4): the display name, decoded, and the addr-spec as written.</summary>
/// <param name="Name">The display name, or the comment that stood in its place; null when there is none.</param>
/// <param name="Addr">The addr-spec without angle brackets, white space and comments. Hostile input: it may hold no <c>@</c> or be empty.</param>
public readonly record struct Address(string? Name, string Addr)
{
    /// <summary>What follows the last <c>@</c>, lower case; empty when there is none.</summary>
    public string Domain => Addr.LastIndexOf('@') is >= 0 and var at ? Addr[(at + 1)..].ToLowerInvariant() : "";

    public override string ToString() => string.IsNullOrEmpty(Name) ? Addr : $"{Name} <{Addr}>";
}
