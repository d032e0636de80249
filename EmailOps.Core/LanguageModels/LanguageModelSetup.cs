using EmailOps.Core.LanguageModels.Ollama;
using EmailOps.Core.LanguageModels.OpenAi;
using EmailOps.Core.LanguageModels.Routing;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace EmailOps.Core.LanguageModels;

/// <summary>
/// Registers <see cref="IChatClient"/> (the <see cref="ModelRouter"/>) and <see cref="IEmbeddingGenerator{TInput, TEmbedding}"/> (the <see cref="EmbeddingRouter"/>).
/// Options and the stores behind breakers, budget and cache are registered by the store; the <see cref="ModelWatch"/> by hosts that live long.
/// </summary>
internal static class LanguageModelSetup
{
    public static IServiceCollection AddLanguageModels(this IServiceCollection services)
    {
        services.AddSingleton(s => new ModelHttp(s.GetRequiredService<LanguageModelOptions>().MaxAnswerBytes));
        services.AddSingleton<IProviderSource, OllamaSource>();
        services.AddSingleton<IProviderSource, OpenAiSource>();
        services.AddSingleton<ModelRoster>();
        services.AddSingleton<ModelWatch>();
        services.AddSingleton<ModelBreakers>();
        services.AddSingleton<ProviderCalls>();
        services.AddSingleton<ModelRouter>();
        services.AddSingleton<EmbeddingRouter>();
        services.AddSingleton<Strict.StrictAnswers>();
        services.AddSingleton<IChatClient>(s => s.GetRequiredService<ModelRouter>());
        services.AddSingleton<IEmbeddingGenerator<string, Embedding<float>>>(s => s.GetRequiredService<EmbeddingRouter>());
        return services;
    }
}
