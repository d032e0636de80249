using EmailOps.Core.Contracts;
using EmailOps.Core.LanguageModels;
using EmailOps.Core.Mailboxes.Checking;

namespace EmailOps.Core.Data.Checks;

/// <summary>Language models: each server is asked now what it offers.</summary>
internal sealed class ModelCheck(ModelRoster roster, LanguageModelOptions options) : IConfigurationCheck
{
    public string Name => "llm_service";

    public async Task<ValidationView> CheckAsync(CancellationToken cancel)
    {
        if (!options.Enabled) return new ValidationView(ValidationView.NotConfigured, "Language models are switched off (LANGUAGE_MODELS); the built-in model judges everything.");
        await roster.LookAsync(TimeSpan.Zero, cancel);
        var providers = roster.Providers;
        if (providers.Count == 0) return new ValidationView(ValidationView.NotConfigured, "No language model is configured, and no Ollama was found on this machine; the built-in model judges everything.");
        ValidationPart[] parts = [.. providers.Select(Part)];
        var usable = parts.Count(p => p.Status == ValidationView.Valid);
        // One that works is enough: the others are asked after it.
        var status = usable == parts.Length ? ValidationView.Valid : usable > 0 ? ValidationView.Warning : ValidationView.Invalid;
        return new ValidationView(status, $"{usable} of {parts.Length} can be asked.", Array.Find(parts, p => p.Fix is not null)?.Fix, parts);
    }

    private static ValidationPart Part(ModelProvider provider) => provider switch
    {
        { Problem: { } problem } => new(provider.Name, ValidationView.Invalid, problem, $"Check {provider.Endpoint.Host}:{provider.Endpoint.Port} and the settings of this provider (OLLAMA_*, OPENAI_*, LanguageModels__*)."),
        { ChatModel: null } => new(provider.Name, ValidationView.Invalid, "It has no model for text.", "Fetch one (ollama pull ...), or name one that is there (OLLAMA_MODEL, OPENAI_MODEL)."),
        _ => new(provider.Name, ValidationView.Valid, $"{provider.ChatModel}{(provider.EmbeddingModel is { } e ? $", vectors by {e}" : "")}"),
    };
}
