using System.Net.Http.Headers;
using System.Text.Json;
using EmailOps.Core.Mailboxes.Remote;

namespace EmailOps.Core.Mailboxes.Gmail;

/// <summary>Requests to Gmail's REST API for one mailbox ("me": whoever the token is of).</summary>
internal sealed class GmailCalls(RemoteCalls calls, Uri api, RemotePace pace)
{
    private const long UsualBytes = 8L << 20;

    public long BytesRead => calls.BytesRead;
    public string Server => $"{api.Host}:{api.Port}";

    /// <summary>Asked again after a pause while Google limits: reading has no effects.</summary>
    public async Task<T> GetAsync<T>(string operation, string path, Func<JsonElement, T> read, CancellationToken cancel, long maxBytes = UsualBytes)
    {
        while (true)
        {
            await pace.BeforeNextAsync(cancel);
            var answer = await calls.SendAsync(operation, () => new HttpRequestMessage(HttpMethod.Get, At(path)), maxBytes, cancel);
            if (answer.IsOk)
            {
                pace.Went();
                return GmailJson.Read(answer.Body, read);
            }
            var error = GmailErrors.Of(answer);
            if (error.Failure != RemoteFailure.Throttled) throw error;
            await pace.LimitedAsync(error, cancel);
        }
    }

    /// <summary>Once: whoever changes something decides what a failure means.</summary>
    public async Task<T> PostAsync<T>(string operation, string path, byte[] json, Func<JsonElement, T> read, CancellationToken cancel)
    {
        var answer = await calls.SendAsync(operation, () =>
        {
            var content = new ByteArrayContent(json);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            return new HttpRequestMessage(HttpMethod.Post, At(path)) { Content = content };
        }, UsualBytes, cancel);
        return answer.IsOk ? GmailJson.Read(answer.Body, read) : throw GmailErrors.Of(answer);
    }

    /// <summary>Many of <see cref="GetAsync"/> at once; see <see cref="GmailBatch"/>.</summary>
    public async Task<RemoteAnswer?[]> BatchAsync(string operation, IReadOnlyList<string> paths, long maxBytes, CancellationToken cancel)
    {
        var answer = await calls.SendAsync(operation, () => GmailBatch.Request(new Uri(api, "/batch/gmail/v1"), [.. paths.Select(p => At(p).PathAndQuery)]), maxBytes, cancel);
        return answer.IsOk ? GmailBatch.Read(answer, paths.Count) : throw GmailErrors.Of(answer);
    }

    /// <summary>A mail of any size, with what belongs to it (uploadType=multipart).</summary>
    public async Task<T> UploadAsync<T>(string operation, string path, byte[] json, byte[] raw, Func<JsonElement, T> read, CancellationToken cancel)
    {
        var answer = await calls.SendAsync(operation, () =>
        {
            var content = new MultipartContent("related");
            var (about, mail) = (new ByteArrayContent(json), new ByteArrayContent(raw));
            about.Headers.ContentType = new MediaTypeHeaderValue("application/json") { CharSet = "UTF-8" };
            mail.Headers.ContentType = new MediaTypeHeaderValue("message/rfc822");
            content.Add(about);
            content.Add(mail);
            return new HttpRequestMessage(HttpMethod.Post, new Uri(api, $"/upload/gmail/v1/users/me/{path}?uploadType=multipart")) { Content = content };
        }, UsualBytes, cancel);
        return answer.IsOk ? GmailJson.Read(answer.Body, read) : throw GmailErrors.Of(answer);
    }

    private Uri At(string path) => new(api, $"/gmail/v1/users/me/{path}");
}
