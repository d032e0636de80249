namespace EmailOps.Core.Contracts;

/// <summary>The path that Microsoft Graph calls; laws as in <see cref="Routes"/>.</summary>
public static class GraphRoutes
{
    /// <summary>POST -> 202: change notifications (M365_NOTIFICATION_URL leads here); with <c>?validationToken=</c> the token comes back as plain text. Open: notifications prove themselves by their client state.</summary>
    public const string Hook = "/hooks/m365";
}
