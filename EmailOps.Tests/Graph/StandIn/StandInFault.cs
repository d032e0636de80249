using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace EmailOps.Tests.Graph.StandIn;

/// <summary>What goes wrong with requests whose path contains something: so many times, or until <see cref="StandInGraph.Behave"/>.</summary>
internal sealed class StandInFault(string path, Func<HttpContext, Func<Task>, Task> act)
{
    public string Path => path;
    public string? Method { get; init; }
    /// <summary>0: for ever.</summary>
    public int Left { get; set; } = 1;
    public Func<HttpContext, Func<Task>, Task> Do => act;

    /// <summary>429 as Graph sends it: with Retry-After in seconds, or without.</summary>
    public static StandInFault Throttle(string path, int? retryAfter) => Status(path, 429, "TooManyRequests", "Too many requests", retryAfter);

    public static StandInFault Unavailable(string path, int? retryAfter) => Status(path, 503, "serviceNotAvailable", "The service is temporarily unavailable", retryAfter);

    /// <summary>A delta link that counts no more.</summary>
    public static StandInFault Resync(string path) => Status(path, 410, "syncStateNotFound", "The sync state generation is not found.");

    public static StandInFault Status(string path, int status, string code, string message = "It went wrong.", int? retryAfter = null) => new(path, (context, _) =>
    {
        if (retryAfter is { } seconds) context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        return StandInGraph.ErrorAsync(context, status, code, message);
    });

    /// <summary>Takes the request and says nothing until the caller goes.</summary>
    public static StandInFault Silence(string path) => new(path, (context, _) => Task.Delay(Timeout.Infinite, context.RequestAborted));

    /// <summary>The connection breaks before anything was done.</summary>
    public static StandInFault Break(string path) => new(path, (context, _) =>
    {
        context.Abort();
        return Task.CompletedTask;
    });

    /// <summary>Does it, and the connection breaks before the answer: what sending must survive.</summary>
    public static StandInFault LoseAnswer(string path) => new(path, async (context, next) =>
    {
        await HeldAsync(context, next);
        context.Abort();
    });

    /// <summary>Does it, and never answers.</summary>
    public static StandInFault HoldAnswer(string path) => new(path, async (context, next) =>
    {
        await HeldAsync(context, next);
        await Task.Delay(Timeout.Infinite, context.RequestAborted);
    });

    /// <summary>Whole HTTP, half the JSON.</summary>
    public static StandInFault CutJson(string path) => new(path, async (context, next) =>
    {
        var body = await HeldAsync(context, next);
        context.Response.ContentLength = body.Length / 2;
        await context.Response.Body.WriteAsync(body.AsMemory(0, body.Length / 2));
    });

    /// <summary>The connection breaks in the middle of the body.</summary>
    public static StandInFault CutBody(string path) => new(path, async (context, next) =>
    {
        var body = await HeldAsync(context, next);
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body.AsMemory(0, body.Length / 2));
        await context.Response.Body.FlushAsync();
        context.Abort();
    });

    public static StandInFault Raw(string path, string type, string body, int status = 200) => new(path, (context, _) =>
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = type;
        return context.Response.WriteAsync(body);
    });

    private static async Task<byte[]> HeldAsync(HttpContext context, Func<Task> next)
    {
        var real = context.Response.Body;
        using var held = new MemoryStream();
        context.Response.Body = held;
        await next();
        context.Response.Body = real;
        return held.ToArray();
    }
}
