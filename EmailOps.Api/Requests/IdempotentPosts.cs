using System.Security.Cryptography;
using System.Text;
using EmailOps.Api.Keys;
using EmailOps.Core.Data;
using Microsoft.Net.Http.Headers;

namespace EmailOps.Api.Requests;

/// <summary>
/// A POST with an <c>Idempotency-Key</c> is done once (draft-ietf-httpapi-idempotency-key-header): sent again within a day by the same caller it is answered with what was answered
/// first (and <c>Idempotency-Replayed: true</c>), while it is still being done with 409, and with other content under the same key with 422. What failed on our side (5xx) is not kept.
/// </summary>
internal sealed class IdempotentPosts(RequestDelegate next, PostShelf shelf, IConfiguration configuration)
{
    /// <summary>Bodies hold passwords: a plain digest in the store would let whoever reads it try likely ones.</summary>
    private readonly byte[] _digestKey = HKDF.DeriveKey(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(configuration["EMAILOPS_API_KEY"] is { Length: > 0 } set ? set : Guid.NewGuid().ToString()), 32, [], "emailops post digest"u8.ToArray());
    private const string Header = "Idempotency-Key", Replayed = "Idempotency-Replayed";
    /// <summary>Of a body: larger uploads need no key, since intake recognises copies. Of an answer that is kept.</summary>
    private const int MostBody = 4 * 1024 * 1024, MostAnswer = 1024 * 1024, MostKey = 200;
    private static readonly string[] s_kept = [HeaderNames.ContentType, HeaderNames.Location, HeaderNames.ETag];

    public async Task InvokeAsync(HttpContext context)
    {
        var keys = context.Request.Headers[Header];
        if (!HttpMethods.IsPost(context.Request.Method) || keys.Count == 0 || context.GetEndpoint() is null)
        {
            await next(context);
            return;
        }
        var key = keys.ToString();
        if (key.Length is 0 or > MostKey || keys.Count > 1 || key.Any(c => c is < '!' or > '~'))
        {
            await RefuseAsync(context, 400, "The request cannot be used", $"{Header} is one value of 1 to {MostKey} visible ASCII characters.");
            return;
        }
        if (await ReadAsync(context) is not { } request) return;
        var caller = $"{context.User.Identity?.Name}/{context.Actor()}";
        switch (await shelf.BeginAsync(caller, key, request, context.RequestAborted))
        {
            case null:
                await DoAsync(context, caller, key);
                break;
            case { IsSame: false }:
                await RefuseAsync(context, 422, "The key was used for something else", $"This {Header} belongs to another call or body of the last 24 hours. Use a new one.");
                break;
            case { Status: null }:
                context.Response.Headers.RetryAfter = "1";
                await RefuseAsync(context, 409, "It is being done", "The same call is still under way. Ask again in a moment for its answer.");
                break;
            case { Answer: null }:
                await RefuseAsync(context, 409, "It was done", "This call was done before; its answer was too long, or too secret, to keep. Read what it changed.");
                break;
            case { Status: { } status } kept:
                context.Response.StatusCode = status;
                foreach (var (name, value) in kept.Headers) context.Response.Headers[name] = value;
                context.Response.Headers[Replayed] = "true";
                await context.Response.Body.WriteAsync(kept.Answer, context.RequestAborted);
                break;
        }
    }

    private async Task DoAsync(HttpContext context, string caller, string key)
    {
        var (to, answer) = (context.Response.Body, new MemoryStream());
        context.Response.Body = answer;
        var isDone = false;
        try
        {
            await next(context);
            if (context.Response.StatusCode < 500)
            {
                var headers = s_kept.Where(h => context.Response.Headers.ContainsKey(h)).ToDictionary(h => h, h => context.Response.Headers[h].ToString());
                // Kept even if the caller is gone: that is when he asks again.
                await shelf.DoneAsync(caller, key, context.Response.StatusCode, headers, answer.Length <= MostAnswer && context.GetEndpoint()?.Metadata.GetMetadata<SecretAnswer>() is null ? answer.ToArray() : null, CancellationToken.None);
                isDone = true;
            }
        }
        finally
        {
            context.Response.Body = to;
            if (!isDone) await shelf.ForgetAsync(caller, key, CancellationToken.None);
        }
        answer.Position = 0;
        await answer.CopyToAsync(to, context.RequestAborted);
    }

    /// <returns>What tells this call from others; null when it was refused.</returns>
    private async Task<byte[]?> ReadAsync(HttpContext context)
    {
        var request = context.Request;
        request.EnableBuffering(64 * 1024);
        using var body = new MemoryStream();
        var buffer = new byte[16 * 1024];
        while (request.ContentLength is not > MostBody && body.Length <= MostBody && await request.Body.ReadAsync(buffer, context.RequestAborted) is > 0 and var read) body.Write(buffer, 0, read);
        if (request.ContentLength > MostBody || body.Length > MostBody)
        {
            await RefuseAsync(context, 413, "Too large", $"With an {Header} a body has at most {MostBody / 1024 / 1024} MB. Uploads of mail need none: copies are recognised.");
            return null;
        }
        request.Body.Position = 0;
        var text = Encoding.Latin1.GetString(body.GetBuffer(), 0, (int)body.Length);
        // A client that sends a form again puts another boundary between its parts.
        if (MediaTypeHeaderValue.TryParse(request.ContentType, out var type) && HeaderUtilities.RemoveQuotes(type.Boundary).ToString() is { Length: > 0 } boundary) text = text.Replace(boundary, "", StringComparison.Ordinal);
        return HMACSHA256.HashData(_digestKey, Encoding.UTF8.GetBytes($"{request.Method} {request.Path}{request.QueryString} {request.Headers.IfMatch}\n{text}"));
    }

    private static Task RefuseAsync(HttpContext context, int status, string title, string detail) => TypedResults.Problem(detail, statusCode: status, title: title).ExecuteAsync(context);
}
