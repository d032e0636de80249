using System.Net;
using EmailOps.Web.Layout;
using Microsoft.Extensions.Options;

namespace EmailOps.Web.Security;

/// <summary>
/// Where people's address is known (<c>WEB_PUBLIC_URL</c>), another name from the public network is refused: a page that had its own name point here must not be served
/// as if it were ours. Addresses and names without a dot cannot be such a name; probes ask by them.
/// </summary>
internal static class HostCheck
{
    public static void UseHostCheck(this IApplicationBuilder app)
    {
        var configured = app.ApplicationServices.GetRequiredService<IOptions<WebOptions>>();
        app.Use((context, next) =>
        {
            if (configured.Value.PublicUrl is not { } address) return next(context);
            var url = new Uri(address);
            if (!IsOurs(context.Request.Host.Host, url)) return ErrorPages.OtherHost(context, address);
            // Under that name people come as it says, even if the proxy that ends TLS asks us without: cookies must know.
            if (IsPublic(context.Request.Host.Host, url)) context.Request.Scheme = url.Scheme;
            return next(context);
        });
    }

    private static bool IsPublic(string host, Uri url) => string.Equals(host, url.Host, StringComparison.OrdinalIgnoreCase) || string.Equals(host, url.IdnHost, StringComparison.OrdinalIgnoreCase);

    private static bool IsOurs(string host, Uri url) =>
        host.Length == 0 || IsPublic(host, url) || !host.Contains('.', StringComparison.Ordinal) || IPAddress.TryParse(host.Trim('[', ']'), out _)
        || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase) || host.EndsWith(".svc", StringComparison.OrdinalIgnoreCase) || host.EndsWith(".svc.cluster.local", StringComparison.OrdinalIgnoreCase);
}
