using Microsoft.Extensions.AI;

namespace EmailOps.Core.LanguageModels.Ollama.Through;

/// <summary>Ollama through somebody else's client (Semantic Kernel's connector): what is installed is looked up by us, questions go through theirs, over our connections.</summary>
/// <param name="chat">Their client of a model, over the connections given, whose base address is the server's.</param>
/// <param name="embeddings">Likewise.</param>
internal sealed class OllamaThrough(ModelHttp http, TimeProvider clock, Func<string, HttpClient, IChatClient> chat, Func<string, HttpClient, IEmbeddingGenerator<string, Embedding<float>>> embeddings) : IProviderSource
{
    public ProviderKind Kind => ProviderKind.Ollama;

    public IProviderClients Open(ProviderOptions options)
    {
        var api = new OllamaApi(http.For(options.Address), options.Address, clock);
        var server = new OllamaServer(api, options);
        return new Clients(server, api, http.Behind(options.Address, inner => new OllamaBodies(api, server.Settings, inner)), chat, embeddings);
    }

    /// <summary>Clients are kept: theirs may hold connections of their own, and a model is asked again and again.</summary>
    private sealed class Clients(OllamaServer server, OllamaApi api, HttpClient connections, Func<string, HttpClient, IChatClient> chat,
        Func<string, HttpClient, IEmbeddingGenerator<string, Embedding<float>>> embeddings) : IProviderClients
    {
        private readonly System.Collections.Concurrent.ConcurrentDictionary<string, IChatClient> _chat = new(StringComparer.Ordinal);
        private readonly System.Collections.Concurrent.ConcurrentDictionary<string, IEmbeddingGenerator<string, Embedding<float>>> _embeddings = new(StringComparer.Ordinal);

        public Task<ProviderLook> LookAsync(CancellationToken cancel) => server.LookAsync(cancel);

        public IChatClient Chat(string model) => _chat.GetOrAdd(model, name => new TheirChatClient(chat(name, connections), api.Endpoint));

        public IEmbeddingGenerator<string, Embedding<float>> Embeddings(string model) => _embeddings.GetOrAdd(model, name => new TheirEmbeddingGenerator(embeddings(name, connections), name, api.Endpoint));
    }
}
