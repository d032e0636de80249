namespace EmailOps.Core.Mailboxes.Graph;

/// <summary>The app registration by which Microsoft 365 is asked; bound to the section <c>Microsoft365</c>.</summary>
internal sealed class Microsoft365Options
{
    public const string Section = "Microsoft365";
    public const string PublicLogin = "https://login.microsoftonline.com", PublicGraph = "https://graph.microsoft.com";
    private const int LongestId = 200;

    /// <summary>Application (client) id (M365_CLIENT_ID).</summary>
    public string? ClientId { get; set; }
    /// <summary>Client secret, its value and not its id (EMAILBOT_M365_CLIENT_SECRET).</summary>
    public string? ClientSecret { get; set; }
    /// <summary>Directory (tenant) id or one of its domains (M365_TENANT_ID); null: the domain of the mailbox that is asked for.</summary>
    public string? TenantId { get; set; }
    /// <summary>Where tokens come from (M365_LOGIN_URL): another one in national clouds.</summary>
    public string LoginUrl { get; set; } = PublicLogin;
    /// <summary>Where Graph is (M365_GRAPH_URL), without the version.</summary>
    public string GraphUrl { get; set; } = PublicGraph;
    /// <summary>Given to stored mail where it is marked or moved, beside what people gave it (M365_CATEGORY); null: none.</summary>
    public string? Category { get; set; }
    /// <summary>Users who sign in are asked for what escalations to Teams need, too (M365_TEAMS).</summary>
    public bool Teams { get; set; }
    /// <summary>Seconds for one request with its answer; guards against servers that say nothing.</summary>
    public int PatienceSeconds { get; set; } = 60;
    /// <summary>Seconds that one call waits in all when Graph says "later"; what must wait longer fails with the time to wait, and the caller's own pause begins.</summary>
    public int LongestWaitSeconds { get; set; } = 60;
    /// <summary>Bytes of one JSON answer; guards memory.</summary>
    public int MaxAnswerBytes { get; set; } = 16 * 1024 * 1024;
    /// <summary>Messages of one page of a delta query, 1-1000.</summary>
    public int PageSize { get; set; } = 100;
    /// <summary>Public https address under which the worker or a proxy takes Graph's change notifications (M365_NOTIFICATION_URL); null: Graph is asked every PollSeconds.</summary>
    public string? NotificationUrl { get; set; }

    public bool IsGiven => !string.IsNullOrWhiteSpace(ClientId) || !string.IsNullOrWhiteSpace(ClientSecret);
    /// <summary>Both are there: Graph can be asked in the app's own name.</summary>
    public bool HasSecret => !string.IsNullOrWhiteSpace(ClientId) && !string.IsNullOrWhiteSpace(ClientSecret);
    public TimeSpan Patience => TimeSpan.FromSeconds(PatienceSeconds);
    public TimeSpan LongestWait => TimeSpan.FromSeconds(LongestWaitSeconds);
    public Uri Login => new(LoginUrl.TrimEnd('/') + "/");
    /// <summary>Ends in a slash.</summary>
    public Uri Graph => new(GraphUrl.TrimEnd('/') + "/v1.0/");
    /// <summary>What an app asks a token for: all that it was granted.</summary>
    public string DefaultScope => $"{GraphUrl.TrimEnd('/')}/.default";

    /// <returns>Null, or what to change. The secret is never in it.</returns>
    public string? Problem()
    {
        if (string.IsNullOrWhiteSpace(ClientId) && !string.IsNullOrWhiteSpace(ClientSecret)) return "EMAILBOT_M365_CLIENT_SECRET is set and M365_CLIENT_ID is not: set the application (client) id of the app registration too.";
        if (ClientId is { } id && (id.Length > LongestId || id.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '.' or '_')))) return "M365_CLIENT_ID is no application (client) id. Copy it from the app registration's overview.";
        if (ClientSecret?.Any(c => c is < '!' or > '~') == true) return "EMAILBOT_M365_CLIENT_SECRET has a blank or a character that no client secret has. Copy the column Value, not Secret ID.";
        if (TenantId is { Length: > 0 } tenant && (tenant.Length > LongestId || tenant.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '.')))) return "M365_TENANT_ID is neither a directory (tenant) id nor a domain.";
        if (Category is { } category && (category.Length > LongestId || category.Any(c => char.IsControl(c) || c == ','))) return "M365_CATEGORY is too long, or has a comma or a character that no category has.";
        if (AddressProblem("M365_LOGIN_URL", LoginUrl) is { } login) return login;
        if (AddressProblem("M365_GRAPH_URL", GraphUrl) is { } graph) return graph;
        if (NotificationUrl is { Length: > 0 } && AddressProblem("M365_NOTIFICATION_URL", NotificationUrl) is { } notification) return $"{notification} Graph sends notifications to https only.";
        return Between(nameof(PatienceSeconds), PatienceSeconds, 1, 600) ?? Between(nameof(LongestWaitSeconds), LongestWaitSeconds, 0, 3600)
            ?? Between(nameof(MaxAnswerBytes), MaxAnswerBytes, 65_536, 256 * 1024 * 1024) ?? Between(nameof(PageSize), PageSize, 1, 1000);
    }

    private static string? AddressProblem(string name, string? text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https")) return $"{name} must be an address that begins with https://.";
        if (uri.UserInfo.Length > 0 || uri.Query.Length > 0) return $"{name} must not hold a user, a password or a query.";
        // Secrets and mail would be readable on the way.
        return uri.Scheme == "http" && !uri.IsLoopback ? $"{name} is plain http; only an address of this machine may be." : null;
    }

    private static string? Between(string name, int value, int least, int most) => value >= least && value <= most ? null : $"Microsoft365:{name} is {value}; set it between {least} and {most}.";
}
