namespace EmailOps.Core.Mailboxes.Gmail;

/// <summary>Our registration at Google, and where it is; bound to the section <c>Gmail</c>.</summary>
internal sealed class GmailOptions
{
    public const string Section = "Gmail";

    /// <summary>GMAIL_CLIENT_ID; null: what <c>emailops provider client gmail</c> stored.</summary>
    public string? ClientId { get; set; }
    /// <summary>GMAIL_CLIENT_SECRET. Google gives one to desktop applications too.</summary>
    public string? ClientSecret { get; set; }
    /// <summary>What is asked for, separated by blanks: reading, marking and sending. Without marking, gmail.readonly and gmail.send are enough.</summary>
    public string Scopes { get; set; } = "https://www.googleapis.com/auth/gmail.modify";
    public string Api { get; set; } = "https://gmail.googleapis.com";
    public string Authorize { get; set; } = "https://accounts.google.com/o/oauth2/v2/auth";
    public string Token { get; set; } = "https://oauth2.googleapis.com/token";
    /// <summary>Mails asked for in one request, 1-100. Google advises against more than 50.</summary>
    public int BatchSize { get; set; } = 50;

    /// <returns>Null, or what to change.</returns>
    public string? Problem()
    {
        foreach (var (name, value) in ((string, string)[])[("Api", Api), ("Authorize", Authorize), ("Token", Token)])
            if (!Uri.TryCreate(value, UriKind.Absolute, out var address) || address.Scheme is not ("https" or "http") || address.Scheme == "http" && !address.IsLoopback)
                return $"{Section}:{name} is \"{value}\"; set it to an address that begins with https://, or leave it out.";
        if (BatchSize is < 1 or > 100) return $"{Section}:BatchSize is {BatchSize}; set it between 1 and 100.";
        if (string.IsNullOrWhiteSpace(Scopes)) return $"{Section}:Scopes is empty; leave it out.";
        return !string.IsNullOrEmpty(ClientSecret) && string.IsNullOrEmpty(ClientId) ? "GMAIL_CLIENT_SECRET is set, GMAIL_CLIENT_ID is not. Set both, as Google's console shows them." : null;
    }
}
