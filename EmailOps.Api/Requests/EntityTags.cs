using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using EmailOps.Core.Contracts;
using Microsoft.Net.Http.Headers;

namespace EmailOps.Api.Requests;

/// <summary>
/// Single resources carry an ETag (RFC 9110, 8.8.3): <c>"3-k2J..."</c> is version 3, looking like this. Sent back as If-None-Match it saves the body (304); sent back as
/// If-Match with a write, only its version counts, because what a page shows beside the versioned words may change meanwhile.
/// </summary>
internal static class EntityTags
{
    private const int HashBytes = 12;

    /// <param name="version">That writes are conditional on; null: nothing of it is written by version.</param>
    public static RouteHandlerBuilder Tagged<T>(this RouteHandlerBuilder route, Func<T, int>? version = null) where T : class
        => route.AddEndpointFilter(async (context, next) => Tag(context.HttpContext, await next(context), version));

    private static object? Tag<T>(HttpContext context, object? answer, Func<T, int>? version) where T : class
    {
        var result = answer is INestedHttpResult nested ? nested.Result : answer;
        if (result is not IValueHttpResult { Value: T value } || result is IStatusCodeHttpResult { StatusCode: not (null or 200) }) return answer;
        var bytes = JsonSerializer.SerializeToUtf8Bytes(value, ContractJson.Options);
        var hash = Base64Url.EncodeToString(SHA256.HashData(bytes).AsSpan(0, HashBytes));
        var tag = new EntityTagHeaderValue(version is null ? $"\"{hash}\"" : $"\"{version(value)}-{hash}\"");
        var headers = context.Response.GetTypedHeaders();
        headers.ETag = tag;
        // It is about mail: kept by nobody in between, and asked about each time.
        context.Response.Headers.CacheControl = "private, no-cache";
        return HttpMethods.IsGet(context.Request.Method) && context.Request.GetTypedHeaders().IfNoneMatch.Any(t => t.Tag == "*" || t.Compare(tag, useStrongComparison: false))
            ? TypedResults.StatusCode(StatusCodes.Status304NotModified)
            : TypedResults.Bytes(bytes, "application/json; charset=utf-8");
    }
}
