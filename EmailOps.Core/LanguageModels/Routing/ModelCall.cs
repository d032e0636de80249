using Microsoft.Extensions.AI;

namespace EmailOps.Core.LanguageModels.Routing;

/// <summary>How an answer came about; travels with the response.</summary>
/// <param name="Cost">In the currency of the prices; 0 from the cache.</param>
/// <param name="IsCached">An earlier answer to the same question: nothing was asked or spent.</param>
internal sealed record ModelCall(string Provider, string Model, string Prompt, long TokensIn, long TokensOut, decimal Cost, TimeSpan Took, bool IsCached, int Attempts, bool IsRemote)
{
    private const string Key = "emailops.call";

    public static void Attach(ChatResponse response, ModelCall call) => (response.AdditionalProperties ??= [])[Key] = call;

    public static ModelCall? Of(ChatResponse response) => response.AdditionalProperties?.GetValueOrDefault(Key) as ModelCall;
}
