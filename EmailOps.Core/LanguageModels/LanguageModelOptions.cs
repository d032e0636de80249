namespace EmailOps.Core.LanguageModels;

/// <summary>Which language models are asked, in which order, and what they may cost; bound to the section <c>LanguageModels</c>.</summary>
internal sealed class LanguageModelOptions
{
    public const string Section = "LanguageModels";

    /// <summary>False: no language model is asked for anything; the built-in one judges all.</summary>
    public bool Enabled { get; set; } = true;
    /// <summary>Asked in this order; the next when one is down.</summary>
    public List<ProviderOptions> Providers { get; set; } = [];
    /// <summary>What OLLAMA_* set: asked after the list.</summary>
    public ProviderOptions Ollama { get; set; } = new() { Kind = ProviderKind.Ollama };
    /// <summary>What OPENAI_* set: asked last.</summary>
    public ProviderOptions OpenAi { get; set; } = new() { Kind = ProviderKind.OpenAi };
    /// <summary>Use the Ollama on this machine's port 11434, if one answers and no Ollama is configured.</summary>
    public bool FindLocal { get; set; } = true;
    /// <summary>Where that one is.</summary>
    public string LocalEndpoint { get; set; } = ProviderOptions.LocalOllama;
    /// <summary>How long a look at a provider may take; a look never holds anything up.</summary>
    public TimeSpan ProbePatience { get; set; } = TimeSpan.FromSeconds(2);
    /// <summary>How often providers are looked at: models come and go, servers too.</summary>
    public TimeSpan ProbeEvery { get; set; } = TimeSpan.FromSeconds(30);
    /// <summary>All attempts at one question together, whatever providers do: silence, dripping, an answer without an end.</summary>
    public TimeSpan Patience { get; set; } = TimeSpan.FromMinutes(2);
    /// <summary>Further attempts at one provider before the next is asked.</summary>
    public int Retries { get; set; } = 2;
    /// <summary>Pause before the first of them where the server names none; doubled each time.</summary>
    public TimeSpan RetryPause { get; set; } = TimeSpan.FromMilliseconds(500);
    /// <summary>Largest answer, in bytes. Guards memory.</summary>
    public int MaxAnswerBytes { get; set; } = 16 * 1024 * 1024;
    /// <summary>Longest answer that is asked for, in tokens, where the caller names none. Guards against models that never stop.</summary>
    public int MaxOutputTokens { get; set; } = 1024;
    public BreakerOptions Breaker { get; set; } = new();
    public BudgetOptions Budget { get; set; } = new();

    /// <summary>
    /// Where Aspire's connection strings name Ollama's models (<c>chat</c>, <c>embeddings</c>: Endpoint=...;Model=...), that Ollama is used; what OLLAMA_* says wins,
    /// and another OLLAMA_ENDPOINT means another server.
    /// </summary>
    public void TakeConnections(string? chat, string? embeddings)
    {
        if (Ollama.Endpoint is not null || (string.IsNullOrWhiteSpace(chat) && string.IsNullOrWhiteSpace(embeddings))) return;
        Ollama.Endpoint = Part(chat, "Endpoint") ?? Part(embeddings, "Endpoint");
        Ollama.Model ??= Part(chat, "Model");
        Ollama.EmbeddingModel ??= Part(embeddings, "Model");

        static string? Part(string? connection, string name) => new System.Data.Common.DbConnectionStringBuilder { ConnectionString = connection ?? "" }.TryGetValue(name, out var value) ? value as string : null;
    }

    /// <summary>The configured ones in the order they are asked.</summary>
    public IEnumerable<ProviderOptions> Configured()
    {
        if (!Enabled) yield break;
        foreach (var provider in Providers) yield return provider;
        if (!Ollama.IsEmpty) yield return Ollama;
        if (!OpenAi.IsEmpty) yield return OpenAi;
    }

    /// <returns>Null, or what to change.</returns>
    public string? Problem()
    {
        for (var i = 0; i < Providers.Count; i++)
            if (Providers[i].Problem($"{Section}:Providers:{i}") is { } problem) return problem;
        Ollama.Kind = ProviderKind.Ollama;
        OpenAi.Kind = ProviderKind.OpenAi;
        if (!Ollama.IsEmpty && Ollama.Problem($"{Section}:Ollama (OLLAMA_*)") is { } ollama) return ollama;
        if (!OpenAi.IsEmpty && OpenAi.Problem($"{Section}:OpenAi (OPENAI_*)") is { } openAi) return openAi;
        var names = Providers.Select(p => p.Name).OfType<string>().GroupBy(n => n, StringComparer.OrdinalIgnoreCase).FirstOrDefault(g => g.Count() > 1);
        if (names is not null) return $"{Section}:Providers has two named {names.Key}; breakers and metrics could not tell them apart.";
        if (new ProviderOptions { Endpoint = LocalEndpoint }.Problem("") is not null) return $"{Section}:LocalEndpoint is \"{LocalEndpoint}\"; set it to an address that begins with http://, or {Section}:FindLocal to false.";
        if (ProbePatience <= TimeSpan.Zero) return $"{Section}:ProbePatience is {ProbePatience}; set it above 00:00:00.";
        if (ProbeEvery < TimeSpan.FromSeconds(1)) return $"{Section}:ProbeEvery is {ProbeEvery}; set it to 00:00:01 or longer.";
        if (Patience <= TimeSpan.Zero || Patience > TimeSpan.FromHours(1)) return $"{Section}:Patience is {Patience}; set it above 00:00:00, to an hour at most.";
        if (Retries is < 0 or > 10) return $"{Section}:Retries is {Retries}; set it to 0 to 10.";
        if (RetryPause < TimeSpan.Zero) return $"{Section}:RetryPause is {RetryPause}; set it to 00:00:00 or longer.";
        if (MaxAnswerBytes < 4096) return $"{Section}:MaxAnswerBytes is {MaxAnswerBytes}; set it to 4096 or more.";
        if (MaxOutputTokens is < 16 or > 200_000) return $"{Section}:MaxOutputTokens is {MaxOutputTokens}; set it to 16 to 200000.";
        return Breaker.Problem($"{Section}:Breaker") ?? Budget.Problem($"{Section}:Budget");
    }
}

/// <summary>When a provider is left alone for a while.</summary>
internal sealed class BreakerOptions
{
    /// <summary>Failures in a row that open it.</summary>
    public int Failures { get; set; } = 3;
    /// <summary>How long it stays open before one question tries again; doubled each time that fails.</summary>
    public TimeSpan OpenFor { get; set; } = TimeSpan.FromSeconds(30);
    public TimeSpan MaxOpenFor { get; set; } = TimeSpan.FromMinutes(10);
    /// <summary>Silence counts as a failure from this long on: who had less time may have asked for too much.</summary>
    public TimeSpan FairTime { get; set; } = TimeSpan.FromSeconds(5);

    public string? Problem(string key)
    {
        if (Failures is < 1 or > 1000) return $"{key}:Failures is {Failures}; set it to 1 to 1000.";
        if (OpenFor <= TimeSpan.Zero) return $"{key}:OpenFor is {OpenFor}; set it above 00:00:00.";
        if (FairTime < TimeSpan.Zero) return $"{key}:FairTime is {FairTime}; set it to 00:00:00 or longer.";
        return MaxOpenFor < OpenFor ? $"{key}:MaxOpenFor is {MaxOpenFor}; set it to {key}:OpenFor ({OpenFor}) or longer." : null;
    }
}

/// <summary>What may be spent in a day (UTC). At the limit no model is asked until midnight, and the built-in model judges alone.</summary>
internal sealed class BudgetOptions
{
    /// <summary>Tokens, in and out, of all mailboxes; null: no limit.</summary>
    public long? TokensPerDay { get; set; }
    /// <summary>In the currency of the prices; the default guards against surprise bills, and costs local models nothing.</summary>
    public decimal? MoneyPerDay { get; set; } = 5;
    public long? TokensPerMailboxPerDay { get; set; }
    public decimal? MoneyPerMailboxPerDay { get; set; }

    public DailyLimit Overall => new(TokensPerDay, MoneyPerDay);
    public DailyLimit PerMailbox => new(TokensPerMailboxPerDay, MoneyPerMailboxPerDay);

    public string? Problem(string key)
    {
        if (TokensPerDay < 0 || TokensPerMailboxPerDay < 0) return $"{key}:TokensPerDay and TokensPerMailboxPerDay cannot be negative; leave them out for no limit.";
        return MoneyPerDay < 0 || MoneyPerMailboxPerDay < 0 ? $"{key}:MoneyPerDay and MoneyPerMailboxPerDay cannot be negative; leave them out for no limit." : null;
    }
}
