using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace EmailOps.Tests.LanguageModels.StandIn;

/// <summary>What the stand-in does with a question: answers it, or misbehaves.</summary>
internal sealed record ModelSays
{
    private ModelSays()
    {
    }

    /// <summary>The answer, sent as the protocol has it.</summary>
    public string? Answer { get; private init; }
    public string Reason { get; private init; } = "stop";
    public TimeSpan Wait { get; private init; }
    /// <summary>Takes the place of the protocol.</summary>
    public Func<HttpContext, Task>? Instead { get; private init; }
    /// <summary>Streams pieces until the caller goes.</summary>
    public bool IsEndless { get; private init; }
    /// <summary>Between the pieces of an endless answer.</summary>
    public TimeSpan Pause { get; private init; }
    /// <summary>Cuts the connection after half of the body.</summary>
    public bool IsCut { get; private init; }

    public static ModelSays Text(string answer) => new() { Answer = answer };

    public static ModelSays Json(object answer) => new() { Answer = JsonSerializer.Serialize(answer) };

    /// <summary>Stopped at its longest length.</summary>
    public static ModelSays TooLong(string answer) => new() { Answer = answer, Reason = "length" };

    public static ModelSays After(TimeSpan wait, ModelSays then) => then with { Wait = wait };

    /// <summary>An HTTP error with a JSON body as Ollama has it.</summary>
    public static ModelSays Status(int status, string error = "something broke", params (string Name, string Value)[] headers) => new()
    {
        Instead = context =>
        {
            context.Response.StatusCode = status;
            foreach (var (name, value) in headers) context.Response.Headers[name] = value;
            return context.Response.WriteAsJsonAsync(new { error });
        },
    };

    public static ModelSays RateLimited(string? retryAfter) => retryAfter is null ? Status(429, "too many requests") : Status(429, "too many requests", ("Retry-After", retryAfter));

    public static ModelSays Missing(string model) => Status(404, $"model '{model}' not found");

    /// <summary>Takes the question and says nothing until the caller goes.</summary>
    public static ModelSays Nothing => new() { Instead = context => Task.Delay(Timeout.Infinite, context.RequestAborted) };

    /// <summary>A whole response whose JSON stops in the middle.</summary>
    public static ModelSays CutJson => Raw("application/json", "{\"model\":\"m\",\"message\":{\"role\":\"assist");

    /// <summary>The connection breaks in the middle of the body.</summary>
    public static ModelSays CutBody => new() { Answer = new string('x', 8_000), IsCut = true };

    public static ModelSays Endless => new() { IsEndless = true };

    /// <summary>A piece every tenth of a second, without an end.</summary>
    public static ModelSays Dripping => new() { IsEndless = true, Pause = TimeSpan.FromSeconds(0.1) };

    /// <summary>Says what it was asked.</summary>
    public static ModelSays Echo(AskedModel asked) => Text(string.Join("\n", asked.Messages.Select(m => m.Text)));

    public static ModelSays Raw(string type, string body, int status = 200) => new()
    {
        Instead = context =>
        {
            context.Response.StatusCode = status;
            context.Response.ContentType = type;
            return context.Response.WriteAsync(body, context.RequestAborted);
        },
    };

    /// <summary>A JSON body of this many bytes, blanks for the most part.</summary>
    public static ModelSays Huge(long bytes) => new()
    {
        Instead = async context =>
        {
            context.Response.ContentType = "application/json";
            var blanks = new byte[65_536];
            Array.Fill(blanks, (byte)' ');
            for (long sent = 0; sent < bytes; sent += blanks.Length) await context.Response.Body.WriteAsync(blanks, context.RequestAborted);
            await context.Response.WriteAsync("{}", context.RequestAborted);
        },
    };
}
