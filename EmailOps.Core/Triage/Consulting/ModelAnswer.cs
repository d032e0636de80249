using EmailOps.Core.Contracts;
using EmailOps.Core.LanguageModels.Routing;
using Microsoft.Extensions.AI;

namespace EmailOps.Core.Triage.Consulting;

/// <summary>Who answered, and what it took.</summary>
internal static class ModelAnswer
{
    public static ModelStamp Stamp(ChatResponse response, string prompt)
        => ModelCall.Of(response) is { } call
            ? new(call.Provider, call.Model, prompt, call.TokensIn, call.TokensOut, call.Cost, call.IsCached)
            : new("", response.ModelId ?? "", prompt, response.Usage?.InputTokenCount ?? 0, response.Usage?.OutputTokenCount ?? 0, 0, false);

    /// <summary>It was asked with placeholders in place of personal data.</summary>
    public static bool IsRemote(ChatResponse response) => ModelCall.Of(response) is { IsRemote: true };

    /// <summary>Nobody answered.</summary>
    public static ModelStamp None(string prompt) => new("", "", prompt, 0, 0, 0, false);
}
