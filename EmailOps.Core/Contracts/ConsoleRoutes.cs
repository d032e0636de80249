namespace EmailOps.Core.Contracts;

/// <summary>What the processes of one console keep together through the Api.</summary>
public static class ConsoleRoutes
{
    /// <summary>POST SpendSignInLink -> 204 for the first who asks, 409 for everybody after him. The link is named by its SHA-256 in hexadecimal.</summary>
    public const string SpendSignInLink = "/sign-in-links/spend";
}

/// <param name="Link">SHA-256 of the link's secret, 64 hexadecimal digits in lower case.</param>
/// <param name="Ends">From when on it need not be remembered, because the link ends anyway.</param>
public sealed record SpendSignInLink(string Link, DateTimeOffset Ends);
