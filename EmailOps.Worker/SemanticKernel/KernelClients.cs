using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;

namespace EmailOps.Worker.SemanticKernel;

/// <summary>The clients of Semantic Kernel's Ollama connector. Each comes from a small kernel of its own: one process asks several servers and models.</summary>
internal static class KernelClients
{
    public static IChatClient Chat(string model, HttpClient connections)
    {
        var kernel = Kernel.CreateBuilder();
        kernel.Services.AddOllamaChatClient(model, connections);
        return kernel.Build().GetRequiredService<IChatClient>();
    }

    public static IEmbeddingGenerator<string, Embedding<float>> Embeddings(string model, HttpClient connections)
    {
        var kernel = Kernel.CreateBuilder();
        kernel.Services.AddOllamaEmbeddingGenerator(model, connections);
        return kernel.Build().GetRequiredService<IEmbeddingGenerator<string, Embedding<float>>>();
    }
}
