namespace EmailOps.AppHost.Embedded;

/// <summary>The one-time link into the console.</summary>
internal static class ConsoleLink
{
    public static Uri Of(EmbeddedHost host) => EmbeddedHost.ReachableFrom(host.WebAddress);
}
