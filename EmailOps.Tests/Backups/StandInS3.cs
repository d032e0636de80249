using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using EmailOps.Tests.Hosts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace EmailOps.Tests.Backups;

/// <summary>An S3 bucket over HTTP, path style: PUT (whole, aws-chunked or in parts), GET, HEAD, DELETE, ListObjectsV2 by pages. Misbehaves when told to.</summary>
internal sealed class StandInS3 : IAsyncDisposable
{
    public const string AccessKey = "AKIATESTKEY", SecretKey = "a-secret-that-no-log-may-hold", Bucket = "emailops-backups";
    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, SortedDictionary<int, byte[]>> _uploads = new();
    private int _refusals;

    private StandInS3(WebApplication app)
    {
        _app = app;
        RunLogs.Secret(SecretKey);
    }

    public ConcurrentDictionary<string, (byte[] Bytes, DateTimeOffset At)> Objects { get; } = new(StringComparer.Ordinal);
    public List<string> Problems { get; } = [];
    public string Address => _app.Urls.First();
    /// <summary>Requests that are answered 503 SlowDown before one is served.</summary>
    public int Refusals { set => _refusals = value; }
    /// <summary>Answers everything with 403.</summary>
    public bool IsForbidden { get; set; }
    /// <summary>Keeps one byte less than it was given.</summary>
    public bool LosesBytes { get; set; }
    public int PageSize { get; set; } = 1000;

    public static async Task<StandInS3> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0").ConfigureKestrel(k => k.Limits.MaxRequestBodySize = 500_000_000);
        var app = builder.Build();
        var server = new StandInS3(app);
        app.Run(server.ServeAsync);
        await app.StartAsync();
        return server;
    }

    private async Task ServeAsync(HttpContext http)
    {
        var (request, path) = (http.Request, http.Request.Path.Value!.TrimStart('/').Split('/', 2));
        if (!request.Headers.Authorization.ToString().StartsWith($"AWS4-HMAC-SHA256 Credential={AccessKey}/", StringComparison.Ordinal)) Problems.Add($"unsigned: {request.Method} {request.Path}");
        var body = await ReadAsync(request);
        if (IsForbidden) await ErrorAsync(http, 403, "AccessDenied");
        else if (Interlocked.Decrement(ref _refusals) >= 0) await ErrorAsync(http, 503, "SlowDown");
        else if (path[0] != Bucket) await ErrorAsync(http, 404, "NoSuchBucket");
        else if (path.Length < 2 || path[1].Length == 0) await ListAsync(http);
        else await ObjectAsync(http, Uri.UnescapeDataString(path[1]), body);
    }

    private async Task ObjectAsync(HttpContext http, string key, byte[] body)
    {
        var query = http.Request.Query;
        switch (http.Request.Method)
        {
            case "POST" when query.ContainsKey("uploads"):
                var id = Guid.NewGuid().ToString("n");
                _uploads[id] = [];
                await XmlAsync(http, new XElement("InitiateMultipartUploadResult", new XElement("Bucket", Bucket), new XElement("Key", key), new XElement("UploadId", id)));
                break;
            case "PUT" when query.ContainsKey("uploadId"):
                lock (_uploads) _uploads[query["uploadId"]!][int.Parse(query["partNumber"]!, CultureInfo.InvariantCulture)] = body;
                http.Response.Headers.ETag = Tag(body);
                break;
            case "POST" when query.ContainsKey("uploadId"):
                _uploads.TryRemove(query["uploadId"]!, out var parts);
                Keep(key, [.. parts!.Values.SelectMany(p => p)]);
                await XmlAsync(http, new XElement("CompleteMultipartUploadResult", new XElement("Key", key), new XElement("ETag", Tag(body))));
                break;
            case "PUT":
                Keep(key, body);
                http.Response.Headers.ETag = Tag(body);
                break;
            case "DELETE":
                Objects.TryRemove(key, out _);
                http.Response.StatusCode = 204;
                break;
            default:
                if (!Objects.TryGetValue(key, out var found))
                {
                    await ErrorAsync(http, 404, "NoSuchKey");
                    break;
                }
                http.Response.Headers.ETag = Tag(found.Bytes);
                http.Response.Headers.LastModified = found.At.ToString("R", CultureInfo.InvariantCulture);
                http.Response.ContentLength = found.Bytes.Length;
                if (http.Request.Method == "GET") await http.Response.Body.WriteAsync(found.Bytes);
                break;
        }
    }

    private void Keep(string key, byte[] bytes) => Objects[key] = (LosesBytes ? bytes[..^1] : bytes, TimeProvider.System.GetUtcNow());

    private async Task ListAsync(HttpContext http)
    {
        var (prefix, after) = (http.Request.Query["prefix"].ToString(), http.Request.Query["continuation-token"].ToString());
        var all = Objects.Where(o => o.Key.StartsWith(prefix, StringComparison.Ordinal) && string.CompareOrdinal(o.Key, after) > 0).OrderBy(o => o.Key, StringComparer.Ordinal).ToList();
        var page = all.Take(PageSize).ToList();
        var isCut = page.Count < all.Count;
        await XmlAsync(http, new XElement("ListBucketResult", new XElement("Name", Bucket), new XElement("KeyCount", page.Count), new XElement("IsTruncated", isCut), isCut ? new XElement("NextContinuationToken", page[^1].Key) : null,
            page.Select(o => new XElement("Contents", new XElement("Key", o.Key), new XElement("LastModified", o.Value.At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)), new XElement("ETag", Tag(o.Value.Bytes)), new XElement("Size", o.Value.Bytes.Length)))));
    }

    private async Task<byte[]> ReadAsync(HttpRequest request)
    {
        using var memory = new MemoryStream();
        await request.Body.CopyToAsync(memory);
        var (bytes, said) = (memory.ToArray(), request.Headers["x-amz-content-sha256"].ToString());
        if (said.StartsWith("STREAMING-", StringComparison.Ordinal)) return Unchunk(bytes);
        if (said.Length == 64 && said != Convert.ToHexStringLower(SHA256.HashData(bytes))) Problems.Add($"another body than was signed: {request.Method} {request.Path}");
        return bytes;
    }

    /// <summary>aws-chunked: size in hexadecimal;chunk-signature=..., the bytes, and so on until size 0.</summary>
    private static byte[] Unchunk(byte[] bytes)
    {
        using var result = new MemoryStream();
        for (var at = 0; ;)
        {
            var end = bytes.AsSpan(at).IndexOf("\r\n"u8) + at;
            var size = int.Parse(Encoding.ASCII.GetString(bytes, at, end - at).Split(';')[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            if (size == 0) return result.ToArray();
            result.Write(bytes, end + 2, size);
            at = end + 2 + size + 2;
        }
    }

    private static string Tag(byte[] bytes) => $"\"{Convert.ToHexStringLower(SHA256.HashData(bytes))[..32]}\"";

    private static Task ErrorAsync(HttpContext http, int status, string code)
    {
        http.Response.StatusCode = status;
        return http.Request.Method == "HEAD" ? Task.CompletedTask : XmlAsync(http, new XElement("Error", new XElement("Code", code), new XElement("Message", code)));
    }

    private static Task XmlAsync(HttpContext http, XElement xml)
    {
        http.Response.ContentType = "application/xml";
        return http.Response.WriteAsync(xml.ToString());
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
