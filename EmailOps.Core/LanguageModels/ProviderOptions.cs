namespace EmailOps.Core.LanguageModels;

internal enum ProviderKind
{
    /// <summary>Ollama's own HTTP API.</summary>
    Ollama,
    /// <summary>Whatever speaks /v1/chat/completions: OpenAI, vLLM, llama.cpp, LM Studio, LiteLLM and others.</summary>
    OpenAi,
}

/// <summary>One server of language models; an entry of <c>LanguageModels:Providers</c>.</summary>
internal sealed class ProviderOptions
{
    public const string LocalOllama = "http://127.0.0.1:11434";
    public const string OpenAiEndpoint = "https://api.openai.com/v1";

    /// <summary>As breakers, metrics and commands call it; made of kind and place when left out.</summary>
    public string? Name { get; set; }
    public ProviderKind Kind { get; set; }
    /// <summary>Ollama: http://host:11434. OpenAI-compatible: with its path, usually ending in /v1.</summary>
    public string? Endpoint { get; set; }
    /// <summary>Chat model. Ollama: chosen among the installed ones when left out.</summary>
    public string? Model { get; set; }
    /// <summary>Ollama: the installed embedding model when left out. OpenAI-compatible: no embeddings when left out.</summary>
    public string? EmbeddingModel { get; set; }
    /// <summary>Sent as a bearer token, to this endpoint only.</summary>
    public string? ApiKey { get; set; }
    /// <summary>Tokens of question and answer together (num_ctx of Ollama, whose default of 2,048 to 4,096 cuts mails silently).</summary>
    public int Context { get; set; } = 8192;
    /// <summary>How long Ollama keeps the model in memory after a call; its own default of 5 min loads it anew for nearly every mail of a quiet mailbox.</summary>
    public TimeSpan KeepAlive { get; set; } = TimeSpan.FromMinutes(30);
    /// <summary>Whether text sent there leaves the house; null: told by the address (loopback, private networks and names without a dot do not).</summary>
    public bool? IsRemote { get; set; }
    /// <summary>Price of a million tokens, in any one currency. A remote provider without prices is counted at 5 in and 20 out.</summary>
    public decimal? PricePerMillionIn { get; set; }
    /// <inheritdoc cref="PricePerMillionIn"/>
    public decimal? PricePerMillionOut { get; set; }
    /// <summary>Questions at a time; null: 2 for Ollama, 8 for others. Guards the memory of the model server.</summary>
    public int? Concurrency { get; set; }

    /// <summary>Questions a minute, by all processes together where Redis is; null: as many as it answers. For providers that count, so that they never have to say no.</summary>
    public int? RequestsPerMinute { get; set; }

    public bool IsEmpty => Endpoint is null && Model is null && EmbeddingModel is null && ApiKey is null;

    /// <returns>Null, or what to change; <paramref name="key"/> is where it stands. The API key is never in it.</returns>
    public string? Problem(string key)
    {
        var endpoint = Endpoint ?? Default;
        if (!Uri.TryCreate(endpoint, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
            return $"{key}:Endpoint is \"{Endpoint}\"; set it to an address that begins with http:// or https://.";
        if (uri.UserInfo.Length > 0) return $"{key}:Endpoint holds a user or password; put the key into {key}:ApiKey.";
        if (Kind == ProviderKind.OpenAi && string.IsNullOrWhiteSpace(Model) && string.IsNullOrWhiteSpace(EmbeddingModel))
            return $"{key}:Model is not set; an OpenAI-compatible server is asked by model name (set it, or {key}:EmbeddingModel, or both).";
        if (ApiKey?.Any(c => c is < '!' or > '~') == true) return $"{key}:ApiKey holds a blank or a character that no key has.";
        if (ApiKey is not null && uri.Scheme == "http" && !ProviderPlace.IsNear(uri)) return $"{key}:Endpoint is plain http, and the key would be readable on the way; use https.";
        if (Name is not null && (Name.Length is 0 or > 60 || Name.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.'))))
            return $"{key}:Name is \"{Name}\"; use at most 60 letters, digits, dashes, dots.";
        if (Context is < 512 or > 2_000_000) return $"{key}:Context is {Context}; set it to 512 to 2000000.";
        if (PricePerMillionIn < 0 || PricePerMillionOut < 0) return $"{key}:PricePerMillionIn and PricePerMillionOut cannot be negative.";
        if (KeepAlive < TimeSpan.FromSeconds(-1)) return $"{key}:KeepAlive is {KeepAlive}; set it to 00:00:00 or longer.";
        if (RequestsPerMinute is < 1 or > 1_000_000) return $"{key}:RequestsPerMinute is {RequestsPerMinute}; set it to 1 to 1000000, or leave it out.";
        return Concurrency is < 1 or > 256 ? $"{key}:Concurrency is {Concurrency}; set it to 1 to 256." : null;
    }

    public Uri Address => new(Endpoint ?? Default);

    private string Default => Kind == ProviderKind.Ollama ? LocalOllama : OpenAiEndpoint;
}

/// <summary>Whether text sent to an address leaves the house.</summary>
internal static class ProviderPlace
{
    /// <summary>Loopback, link-local and private networks (RFC 1918, RFC 4193), and names without a dot, which only a local resolver knows.</summary>
    public static bool IsNear(Uri address)
    {
        if (address.IsLoopback) return true;
        if (!System.Net.IPAddress.TryParse(address.Host.Trim('[', ']'), out var ip))
            return !address.Host.Contains('.', StringComparison.Ordinal) || address.Host.EndsWith(".local", StringComparison.OrdinalIgnoreCase) || address.Host.EndsWith(".internal", StringComparison.OrdinalIgnoreCase);
        if (ip.IsIPv4MappedToIPv6) ip = ip.MapToIPv4();
        var bytes = ip.GetAddressBytes();
        return bytes.Length == 16
            ? ip.IsIPv6LinkLocal || ip.IsIPv6UniqueLocal
            : bytes is [10, ..] or [192, 168, ..] or [169, 254, ..] || (bytes[0] == 172 && bytes[1] is >= 16 and < 32);
    }
}
