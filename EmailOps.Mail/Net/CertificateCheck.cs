using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace EmailOps.Mail.Net;

/// <summary>Decides about a server's certificate and keeps the reasons of a refusal.</summary>
internal sealed class CertificateCheck(ServerTrust trust, TimeProvider time)
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    /// <summary>Set after a refusal.</summary>
    public CertificateFinding? Finding { get; private set; }

    public X509ChainPolicy Policy() => Policy(X509ChainTrustMode.System);

    public bool Accept(object sender, X509Certificate? shown, X509Chain? chain, SslPolicyErrors errors)
    {
        if (shown is not X509Certificate2 certificate)
        {
            Finding = new CertificateFinding([CertificateProblem.Missing], "", "", [], default, default, "");
            return false;
        }
        if (trust.PinnedSha256 is not null)
            return trust.IsPinned(certificate) || Refuse(certificate, [CertificateProblem.NotPinned]);
        var problems = new List<CertificateProblem>();
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
            problems.Add(CertificateProblem.WrongName);
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors) && Status(certificate, chain) is var status && status != X509ChainStatusFlags.NoError)
            problems.AddRange(Problems(status, certificate));
        return problems.Count == 0 || Refuse(certificate, problems);
    }

    /// <summary>What is wrong with the chain, after the extra roots had their say.</summary>
    private X509ChainStatusFlags Status(X509Certificate2 certificate, X509Chain? chain)
    {
        if (trust.ExtraRoots.Count == 0)
            return chain is null ? X509ChainStatusFlags.PartialChain : Flags(chain);
        using var own = new X509Chain { ChainPolicy = Policy(X509ChainTrustMode.CustomRootTrust) };
        own.ChainPolicy.CustomTrustStore.AddRange(trust.ExtraRoots.ToArray());
        foreach (var element in chain?.ChainElements ?? Enumerable.Empty<X509ChainElement>())
            own.ChainPolicy.ExtraStore.Add(element.Certificate);
        return own.Build(certificate) ? X509ChainStatusFlags.NoError : Flags(own);
    }

    private X509ChainPolicy Policy(X509ChainTrustMode mode) => new()
    {
        TrustMode = mode,
        // Asking revocation servers would be a network call of its own for each connection; the browsers' way (stapling, short lives) is the platform's.
        RevocationMode = X509RevocationMode.NoCheck,
        VerificationTime = time.GetUtcNow().LocalDateTime,
        ApplicationPolicy = { new(ServerAuthentication) },
    };

    private static X509ChainStatusFlags Flags(X509Chain chain)
    {
        var all = chain.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (flags, status) => flags | status.Status);
        return all == X509ChainStatusFlags.NoError ? X509ChainStatusFlags.PartialChain : all;
    }

    private IEnumerable<CertificateProblem> Problems(X509ChainStatusFlags status, X509Certificate2 certificate)
    {
        // A signature that does not fit is what a stranger's root of the same name looks like.
        const X509ChainStatusFlags untrusted = X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain | X509ChainStatusFlags.NotSignatureValid;
        var now = time.GetUtcNow().UtcDateTime;
        if (status.HasFlag(X509ChainStatusFlags.NotTimeValid))
            yield return now < certificate.NotBefore.ToUniversalTime() ? CertificateProblem.NotYetValid : CertificateProblem.Expired;
        if (status.HasFlag(X509ChainStatusFlags.Revoked))
            yield return CertificateProblem.Revoked;
        if ((status & untrusted) != 0)
            yield return certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData) ? CertificateProblem.SelfSigned : CertificateProblem.UntrustedIssuer;
        if ((status & (untrusted | X509ChainStatusFlags.NotTimeValid | X509ChainStatusFlags.Revoked)) == 0)
            yield return CertificateProblem.Other;
    }

    private bool Refuse(X509Certificate2 certificate, IReadOnlyList<CertificateProblem> problems)
    {
        var names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>()
            .SelectMany(names => names.EnumerateDnsNames().Concat(names.EnumerateIPAddresses().Select(address => address.ToString()))).Take(20).ToList();
        Finding = new CertificateFinding(problems, certificate.Subject, certificate.Issuer, names,
            certificate.NotBefore.ToUniversalTime(), certificate.NotAfter.ToUniversalTime(), ServerTrust.Fingerprint(certificate));
        return false;
    }
}
