using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace EmailOps.Tests.LanguageModels.StandIn;

/// <summary>What the stand-in serves besides chat, and who is asked.</summary>
internal static class StandInRoutes
{
    private const int Dimensions = 32;

    public static void Map(IEndpointRouteBuilder app, StandInOllama server)
    {
        app.MapGet("/", () => "Ollama is running");
        Own("/api/version", _ => new { version = "0.32.15" });
        Own("/api/tags", _ => new { models = server.Models.Select(m => Tag(m.Key, m.Value)) });
        app.MapPost("/api/show", context => server.GuardAsync(context, async () =>
        {
            var asked = await AskedModel.ReadAsync(context);
            if (server.Own("/api/show") is { } says) await ChatAnswers.SendAsync(context, asked, says);
            else if (server.Models.TryGetValue(asked.Model, out var model)) await context.Response.WriteAsJsonAsync(new { details = Details(model), capabilities = model.Capabilities });
            else await ChatAnswers.SendAsync(context, asked, ModelSays.Missing(asked.Model));
        }));
        app.MapPost("/api/pull", context => server.GuardAsync(context, () => PullAsync(server, context)));
        app.MapPost("/api/chat", context => server.GuardAsync(context, () => ChatAsync(server, context)));
        app.MapPost("/v1/chat/completions", context => server.GuardAsync(context, () => ChatAsync(server, context)));
        app.MapPost("/api/embed", context => server.GuardAsync(context, () => EmbedAsync(server, context)));
        app.MapPost("/v1/embeddings", context => server.GuardAsync(context, () => EmbedAsync(server, context)));

        void Own(string path, Func<HttpContext, object> answer) => app.MapGet(path, context => server.GuardAsync(context, () =>
            server.Own(path) is { Instead: { } instead } ? instead(context) : context.Response.WriteAsJsonAsync(answer(context))));
    }

    private static async Task ChatAsync(StandInOllama server, HttpContext context)
    {
        var asked = await AskedModel.ReadAsync(context);
        server.Asked.Enqueue(asked);
        await ChatAnswers.SendAsync(context, asked, IsInstalled(server, asked) ? server.Answer(asked) : ModelSays.Missing(asked.Model));
    }

    private static async Task EmbedAsync(StandInOllama server, HttpContext context)
    {
        var asked = await AskedModel.ReadAsync(context);
        server.Embedded.Enqueue(asked);
        if (server.Embedding(asked) is { } says || (says = IsInstalled(server, asked) ? null : ModelSays.Missing(asked.Model)) is not null)
        {
            await ChatAnswers.SendAsync(context, asked, says);
            return;
        }
        var input = asked.Body.GetProperty("input");
        var texts = input.ValueKind == JsonValueKind.Array ? input.EnumerateArray().Select(t => t.GetString()!).ToArray() : [input.GetString()!];
        var tokens = texts.Sum(ChatAnswers.Tokens);
        await (asked.IsOpenAi
            ? context.Response.WriteAsJsonAsync(new { @object = "list", model = asked.Model, data = texts.Select((t, i) => new { @object = "embedding", index = i, embedding = Vector(t) }), usage = new { prompt_tokens = tokens, total_tokens = tokens } })
            : context.Response.WriteAsJsonAsync(new { model = asked.Model, embeddings = texts.Select(Vector), total_duration = 14_000_000, load_duration = 1_000_000, prompt_eval_count = tokens }));
    }

    /// <summary>A model of two layers; afterwards it is installed.</summary>
    private static async Task PullAsync(StandInOllama server, HttpContext context)
    {
        var asked = await AskedModel.ReadAsync(context);
        if (server.Own("/api/pull") is { Instead: { } instead })
        {
            await instead(context);
            return;
        }
        context.Response.ContentType = "application/x-ndjson";
        await Line(new { status = "pulling manifest" });
        if (asked.Model.Contains("unknown", StringComparison.Ordinal))
        {
            await Line(new { error = "pull model manifest: file does not exist" });
            return;
        }
        foreach (var (digest, total) in new[] { ("sha256:aaaaaaaaaaaa", 2_000_000L), ("sha256:bbbbbbbbbbbb", 500L) })
            for (var part = 0; part <= 4; part++) await Line(new { status = $"pulling {digest[7..]}", digest, total, completed = total * part / 4 });
        await Line(new { status = "verifying sha256 digest" });
        await Line(new { status = "success" });
        server.Models[asked.Model.Contains(':', StringComparison.Ordinal) ? asked.Model : asked.Model + ":latest"] = StandInModel.Chat("1B");

        async Task Line(object line)
        {
            await context.Response.WriteAsync(JsonSerializer.Serialize(line) + "\n", context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
        }
    }

    private static bool IsInstalled(StandInOllama server, AskedModel asked) => server.Models.ContainsKey(asked.Model) || server.Models.ContainsKey(asked.Model + ":latest");

    private static object Tag(string name, StandInModel model) => model.RemoteHost is { } host
        ? new { name, model = name, modified_at = At(model), size = 300L, digest = Digest(name), details = Details(model), remote_host = host, remote_model = name }
        : new { name, model = name, modified_at = At(model), size = 2_000_000_000L, digest = Digest(name), details = Details(model) };

    private static object Details(StandInModel model) => new { format = "gguf", family = model.Family, families = new[] { model.Family }, parameter_size = model.Parameters, quantization_level = "Q4_K_M" };

    private static DateTimeOffset At(StandInModel model) => model.ModifiedAt ?? new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static string Digest(string name) => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(name)));

    /// <summary>Each word turns one of the dimensions: texts with words in common are near each other.</summary>
    public static float[] Vector(string text)
    {
        var vector = new float[Dimensions];
        foreach (var word in text.Split([' ', '\n', '\t', '.', ',', '?', '!', ':', ';'], StringSplitOptions.RemoveEmptyEntries))
        {
            var hash = System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(word.ToLower(CultureInfo.InvariantCulture)));
            vector[hash[0] % Dimensions] += 1;
        }
        var length = MathF.Sqrt(vector.Sum(v => v * v));
        return length == 0 ? [1, .. new float[Dimensions - 1]] : [.. vector.Select(v => v / length)];
    }
}
