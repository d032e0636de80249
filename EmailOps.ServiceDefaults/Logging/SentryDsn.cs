using EmailOps.ServiceDefaults.Settings;

namespace EmailOps.ServiceDefaults.Logging;

/// <summary>Where errors are reported to, as Sentry and servers that speak its protocol write it: <c>https://PUBLIC_KEY@HOST/PROJECT</c>.</summary>
public sealed record SentryDsn(Uri Envelopes, string PublicKey)
{
    /// <exception cref="InvalidSettingException">It is no such address. The key is not in the message.</exception>
    public static SentryDsn Parse(string dsn)
    {
        if (!Uri.TryCreate(dsn, UriKind.Absolute, out var address) || address.Scheme is not ("https" or "http") || address.UserInfo.Split(':')[0] is not { Length: > 0 } key
            || address.AbsolutePath.TrimEnd('/').LastIndexOf('/') is not (>= 0 and var slash) || address.AbsolutePath.TrimEnd('/')[(slash + 1)..] is not { Length: > 0 } project)
            throw new InvalidSettingException("SENTRY_DSN", "is not https://KEY@HOST/PROJECT.", "Copy it from the project's settings in Sentry, or leave it out.");
        var path = $"{address.AbsolutePath[..slash]}/api/{project}/envelope/";
        return new SentryDsn(new UriBuilder(address.Scheme, address.Host, address.Port, path).Uri, Uri.UnescapeDataString(key));
    }
}
