using Microsoft.Extensions.AI;

namespace EmailOps.Core.LanguageModels.OpenAi;

/// <summary>Any OpenAI-compatible server, through the OpenAI package.</summary>
internal sealed class OpenAiSource(ModelHttp http, TimeProvider clock) : IProviderSource
{
    public ProviderKind Kind => ProviderKind.OpenAi;

    public IProviderClients Open(ProviderOptions options) => new Server(new OpenAiApi(http.For(options.Address), options.Address, options.ApiKey, clock), options);

    private sealed class Server(OpenAiApi api, ProviderOptions options) : IProviderClients
    {
        // Not asked: many such servers have no list, and some bill every call. Whether it answers, its breaker tells.
        public Task<ProviderLook> LookAsync(CancellationToken cancel)
            => Task.FromResult(new ProviderLook(null, Given(options.Model), Given(options.EmbeddingModel), []));

        public IChatClient Chat(string model) => new OpenAiChatClient(api, model);

        public IEmbeddingGenerator<string, Embedding<float>> Embeddings(string model) => new OpenAiEmbeddingGenerator(api, model);

        private static string? Given(string? name) => string.IsNullOrWhiteSpace(name) ? null : name.Trim();
    }
}
