using System.ClientModel;
using System.ClientModel.Primitives;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;
using OpenAI.Embeddings;
using EmbeddingGenerationOptions = Microsoft.Extensions.AI.EmbeddingGenerationOptions;

namespace EmailOps.Core.LanguageModels.OpenAi;

/// <summary><c>POST /embeddings</c> through the OpenAI package, at most <see cref="Batch"/> texts a call.</summary>
internal sealed class OpenAiEmbeddingGenerator(OpenAiApi api, string model) : IEmbeddingGenerator<string, Embedding<float>>
{
    public const int Batch = 64;
    private readonly EmbeddingGeneratorMetadata _metadata = new(OpenAiChatClient.Provider, api.Endpoint, model);
    private readonly EmbeddingClient _embeddings = new(model, api.Credential, api.Options);

    public async Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        var all = new GeneratedEmbeddings<Embedding<float>>();
        long tokens = 0;
        foreach (var texts in values.Chunk(Batch)) tokens += await OneAsync(all, texts, options, cancellationToken);
        all.Usage = new UsageDetails { InputTokenCount = tokens, TotalTokenCount = tokens };
        return all;
    }

    private Task<long> OneAsync(GeneratedEmbeddings<Embedding<float>> all, string[] texts, EmbeddingGenerationOptions? options, CancellationToken cancel) => api.Guarded(async () =>
    {
        var body = new JsonObject { ["model"] = options?.ModelId ?? model, ["input"] = new JsonArray([.. texts.Select(t => (JsonNode)t)]), ["encoding_format"] = "float" };
        if (options?.Dimensions is { } dimensions) body["dimensions"] = dimensions;
        using var content = BinaryContent.Create(BinaryData.FromBytes(JsonSerializer.SerializeToUtf8Bytes(body)));
        var result = await _embeddings.GenerateEmbeddingsAsync(content, new RequestOptions { CancellationToken = cancel });
        OpenAiApi.ExpectType(result.GetRawResponse(), "application/json", api.Endpoint);
        using var json = JsonDocument.Parse(result.GetRawResponse().Content);
        if (!json.RootElement.TryGetProperty("data", out var data)) throw new JsonException("There is no data.");
        var vectors = new float[]?[texts.Length];
        foreach (var item in data.EnumerateArray())
        {
            var at = item.GetProperty("index").GetInt32();
            if (at < 0 || at >= vectors.Length || vectors[at] is not null) throw new JsonException("An index is out of range or comes twice.");
            vectors[at] = [.. item.GetProperty("embedding").EnumerateArray().Select(n => n.GetSingle())];
        }
        EmbeddingCheck.Add(all, vectors, texts.Length, model, api.Endpoint);
        return json.RootElement.TryGetProperty("usage", out var usage) && usage.TryGetProperty("prompt_tokens", out var count) && count.TryGetInt64(out var tokens) ? tokens : 0;
    }, cancel);

    public object? GetService(Type serviceType, object? serviceKey = null)
        => serviceKey is not null ? null : serviceType == typeof(EmbeddingGeneratorMetadata) ? _metadata : serviceType.IsInstanceOfType(this) ? this : null;

    // The connections are the provider's.
    public void Dispose()
    {
    }
}
