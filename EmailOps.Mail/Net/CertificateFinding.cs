namespace EmailOps.Mail.Net;

/// <summary>What can be wrong with a server's certificate.</summary>
public enum CertificateProblem
{
    Missing,
    Expired,
    NotYetValid,
    WrongName,
    SelfSigned,
    UntrustedIssuer,
    Revoked,
    NotPinned,
    Other,
}

/// <summary>A server's certificate and what speaks against it. <see cref="Sha256"/> is what one would pin after comparing it out of band.</summary>
public sealed record CertificateFinding(
    IReadOnlyList<CertificateProblem> Problems,
    string Subject,
    string Issuer,
    IReadOnlyList<string> Names,
    DateTimeOffset NotBefore,
    DateTimeOffset NotAfter,
    string Sha256)
{
    internal string Describe(string host)
    {
        var sentences = Problems.Select(problem => problem switch
        {
            CertificateProblem.Missing => "The server showed no certificate.",
            CertificateProblem.Expired => $"The certificate expired on {NotAfter:yyyy-MM-dd}.",
            CertificateProblem.NotYetValid => $"The certificate is valid from {NotBefore:yyyy-MM-dd} only.",
            CertificateProblem.WrongName => $"The certificate is for {(Names.Count == 0 ? Subject : string.Join(", ", Names.Take(5)))}, not for {host}.",
            CertificateProblem.SelfSigned => "The certificate is self-signed and not among the trusted ones.",
            CertificateProblem.UntrustedIssuer => $"The issuer of the certificate ({Issuer}) is not trusted.",
            CertificateProblem.Revoked => "The certificate was revoked.",
            CertificateProblem.NotPinned => "The certificate is another one than the one pinned.",
            _ => "The certificate is not acceptable.",
        });
        var fingerprint = Sha256.Length == 0 ? "" : $" Its SHA-256 is {Sha256}.";
        return string.Join(' ', sentences) + fingerprint;
    }
}
