using System.Security.Cryptography.X509Certificates;

namespace EmailOps.Mail.Net;

/// <summary>
/// Which certificates are trusted beside those that the machine trusts. There is no way to trust everything: a private server is trusted by its
/// root, or by the fingerprint of its certificate.
/// </summary>
public sealed record ServerTrust
{
    public static readonly ServerTrust System = new();

    /// <summary>
    /// SHA-256 of the one certificate that is accepted, 64 hexadecimal digits (colons and spaces are fine). Then nothing else is asked of it: name,
    /// issuer and dates may be anything, and every other certificate is refused.
    /// </summary>
    public string? PinnedSha256 { get; init; }

    /// <summary>Roots (or self-signed certificates) that are trusted in addition. Name and dates are checked as ever.</summary>
    public IReadOnlyList<X509Certificate2> ExtraRoots { get; init; } = [];

    /// <summary>Null, or a sentence that says what is wrong with these settings.</summary>
    public string? Problem() => PinnedSha256 is { } pin && Digits(pin).Length != 64
        ? "The pinned certificate fingerprint must be a SHA-256: 64 hexadecimal digits."
        : null;

    internal bool IsPinned(X509Certificate2 certificate) =>
        PinnedSha256 is { } pin && string.Equals(Digits(pin), Fingerprint(certificate), StringComparison.OrdinalIgnoreCase);

    internal static string Fingerprint(X509Certificate2 certificate) =>
        certificate.GetCertHashString(global::System.Security.Cryptography.HashAlgorithmName.SHA256);

    private static string Digits(string pin) => string.Concat(pin.Where(char.IsAsciiHexDigit));
}
