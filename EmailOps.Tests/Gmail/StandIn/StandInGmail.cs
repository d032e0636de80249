using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Net.Http.Headers;

namespace EmailOps.Tests.Gmail.StandIn;

/// <summary>Gmail's API and Google's OAuth over real HTTP, for one account. <see cref="Fault"/> has it misbehave, for whole requests and for parts of a batch.</summary>
internal sealed class StandInGmail : IAsyncDisposable
{
    private readonly WebApplication _app;

    private StandInGmail(WebApplication app, string address)
    {
        (_app, Account, Google) = (app, new StandInAccount(address), new StandInGoogle(address));
        Api = new StandInApi(Account);
    }

    public StandInAccount Account { get; }
    public StandInApi Api { get; }
    public StandInGoogle Google { get; }
    public string Address => _app.Urls.First();
    /// <summary>Method, path with query; parts of batches too.</summary>
    public ConcurrentQueue<string> Requests { get; } = [];
    /// <summary>Sizes of the batches that came.</summary>
    public ConcurrentQueue<int> Batches { get; } = [];
    /// <summary>Asked for every request: what to do instead of answering it; null: as it should be. Called with "METHOD /path?query".</summary>
    public Func<string, Func<HttpContext, Func<Task>, Task>?>? Fault { get; set; }
    /// <summary>Asked for every part of a batch: what to answer instead.</summary>
    public Func<string, int, StandInAnswer?>? PartFault { get; set; }

    public static async Task<StandInGmail> StartAsync(string address = "support@shop.example")
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0));
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromSeconds(1));
        var standIn = new StandInGmail(builder.Build(), address);
        standIn._app.Use(standIn.GuardAsync);
        standIn.Google.Map(standIn._app);
        standIn._app.MapPost("/batch/gmail/v1", standIn.BatchAsync);
        standIn._app.MapPost("/gmail/v1/users/me/messages/batchModify", async (HttpContext c) => await AnswerAsync(c, standIn.Api.Modify((await JsonDocument.ParseAsync(c.Request.Body)).RootElement)));
        standIn._app.MapPost("/gmail/v1/users/me/messages/send", standIn.SendAsync);
        standIn._app.MapPost("/upload/gmail/v1/users/me/messages/send", standIn.UploadAsync);
        standIn._app.MapGet("/gmail/v1/users/me/{**rest}", (HttpContext c) => AnswerAsync(c, standIn.Api.Get(c.Request.Path + c.Request.QueryString.Value)));
        await standIn._app.StartAsync();
        return standIn;
    }

    /// <summary>Settings of an installation that uses it.</summary>
    public (string Key, string Value)[] Settings =>
    [
        ("Gmail:ClientId", StandInGoogle.ClientId), ("Gmail:ClientSecret", StandInGoogle.ClientSecret), ("Gmail:Api", Address), ("Gmail:Authorize", Address + "/o/oauth2/v2/auth"), ("Gmail:Token", Address + "/token"),
    ];

    public string[] Arguments => [.. Settings.Select(s => $"--{s.Key}={s.Value}")];

    public int Count(string part) => Requests.Count(r => r.Contains(part, StringComparison.Ordinal));

    /// <summary>Does it, and the connection breaks before the answer.</summary>
    public static Func<HttpContext, Func<Task>, Task> LoseAnswer { get; } = async (context, next) =>
    {
        var real = context.Response.Body;
        context.Response.Body = Stream.Null;
        await next();
        context.Response.Body = real;
        context.Abort();
    };

    public static Func<HttpContext, Func<Task>, Task> Break { get; } = (context, _) =>
    {
        context.Abort();
        return Task.CompletedTask;
    };

    public static Func<HttpContext, Func<Task>, Task> Say(StandInAnswer answer) => (context, _) => AnswerAsync(context, answer);

    private async Task GuardAsync(HttpContext context, RequestDelegate next)
    {
        var request = $"{context.Request.Method} {context.Request.Path}{context.Request.QueryString.Value}";
        Requests.Enqueue(request);
        try
        {
            if (Fault?.Invoke(request) is { } fault) await fault(context, () => AllowedAsync(context, next));
            else await AllowedAsync(context, next);
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException && context.RequestAborted.IsCancellationRequested)
        {
            context.Abort(); // the caller gave up: nobody is there to answer
        }
    }

    private async Task AllowedAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Request.Path.StartsWithSegments("/token", StringComparison.Ordinal) || context.Request.Path.StartsWithSegments("/o", StringComparison.Ordinal))
        {
            await next(context);
            return;
        }
        if (Google.ScopeOf(context.Request.Headers.Authorization.ToString()) is not { } scope) await AnswerAsync(context, StandInAnswer.Error(401, "authError", "Invalid Credentials"));
        else if (Needs(context.Request).All(s => !scope.Contains(s, StringComparison.Ordinal))) await AnswerAsync(context, StandInAnswer.Error(403, "insufficientPermissions", "Request had insufficient authentication scopes."));
        else await next(context);
    }

    private static string[] Needs(HttpRequest request) => request switch
    {
        { Path.Value: var path } when path!.EndsWith("/send", StringComparison.Ordinal) => ["gmail.send", "gmail.modify", "mail.google.com"],
        { Path.Value: var path } when path!.EndsWith("/batchModify", StringComparison.Ordinal) => ["gmail.modify", "mail.google.com"],
        _ => ["gmail.readonly", "gmail.modify", "mail.google.com"],
    };

    private async Task BatchAsync(HttpContext context)
    {
        var reader = new MultipartReader(MediaTypeHeaderValue.Parse(context.Request.ContentType).Boundary.Value!.Trim('"'), context.Request.Body);
        var parts = new List<(string Id, string Request)>();
        while (await reader.ReadNextSectionAsync() is { } section)
            parts.Add((section.Headers!["Content-ID"].ToString().Trim('<', '>'), (await new StreamReader(section.Body).ReadToEndAsync()).Split("\r\n")[0]));
        Batches.Enqueue(parts.Count);
        if (parts.Count > 100)
        {
            await AnswerAsync(context, StandInAnswer.Error(400, "badRequest", "The batch request is too large."));
            return;
        }
        var answer = new StringBuilder();
        // Any order is allowed: the reader must go by Content-ID.
        foreach (var (part, place) in parts.Select((p, i) => (p, i)).Reverse())
        {
            Requests.Enqueue(part.Request);
            var said = PartFault?.Invoke(part.Request, place) ?? Api.Get(part.Request.Split(' ')[1]);
            answer.Append(System.Globalization.CultureInfo.InvariantCulture, $"--batch_stand-in\r\nContent-Type: application/http\r\nContent-ID: <response-{part.Id}>\r\n\r\nHTTP/1.1 {said.Status} X\r\nContent-Type: application/json; charset=UTF-8\r\n{(said.RetryAfter is { } wait ? $"Retry-After: {wait}\r\n" : "")}\r\n{said.Json}\r\n");
        }
        answer.Append("--batch_stand-in--");
        context.Response.ContentType = "multipart/mixed; boundary=batch_stand-in";
        await context.Response.WriteAsync(answer.ToString());
    }

    private async Task SendAsync(HttpContext context)
    {
        var body = (await JsonDocument.ParseAsync(context.Request.Body)).RootElement;
        await AnswerAsync(context, Api.Send(Base64Url.DecodeFromChars(body.GetProperty("raw").GetString()), body.TryGetProperty("threadId", out var thread) ? thread.GetString() : null));
    }

    private async Task UploadAsync(HttpContext context)
    {
        var type = MediaTypeHeaderValue.Parse(context.Request.ContentType);
        if (context.Request.Query["uploadType"] != "multipart" || type.MediaType != "multipart/related")
        {
            await AnswerAsync(context, StandInAnswer.Error(400, "badRequest", "Bad content type."));
            return;
        }
        var reader = new MultipartReader(type.Boundary.Value!.Trim('"'), context.Request.Body) { BodyLengthLimit = 40 << 20 };
        var about = (await JsonDocument.ParseAsync((await reader.ReadNextSectionAsync())!.Body)).RootElement;
        using var raw = new MemoryStream();
        await (await reader.ReadNextSectionAsync())!.Body.CopyToAsync(raw);
        await AnswerAsync(context, Api.Send(raw.ToArray(), about.TryGetProperty("threadId", out var thread) ? thread.GetString() : null));
    }

    private static async Task AnswerAsync(HttpContext context, StandInAnswer answer)
    {
        context.Response.StatusCode = answer.Status;
        if (answer.RetryAfter is { } seconds) context.Response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        if (answer.Status == 204) return;
        context.Response.ContentType = "application/json; charset=UTF-8";
        await context.Response.WriteAsync(answer.Json);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
