using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using EmailOps.Core.Contracts;

namespace EmailOps.Tests.Hosts;

/// <summary>Calls the Api as the console does: a key, an operator, the version that was read.</summary>
internal sealed class ApiCaller(Uri address, string? key) : IDisposable
{
    public HttpClient Http { get; } = Make(address, key);

    private static HttpClient Make(Uri address, string? key)
    {
        var http = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromSeconds(60) };
        if (key is not null) http.DefaultRequestHeaders.Add("X-Api-Key", key);
        return http;
    }

    public async Task<T> GetAsync<T>(string path)
    {
        using var response = await Http.GetAsync(path);
        return await ReadAsync<T>(response);
    }

    public async Task<T> SendAsync<T>(HttpMethod method, string path, object? body, int? version = null)
    {
        using var response = await SendAsync(method, path, body, version);
        return await ReadAsync<T>(response);
    }

    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, object? body, int? version = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null) request.Content = JsonContent.Create(body, body.GetType(), options: ContractJson.Options);
        if (version is { } v) request.Headers.IfMatch.Add(new EntityTagHeaderValue($"\"{v}\""));
        request.Headers.Add("X-Operator", "Olga");
        return await Http.SendAsync(request);
    }

    public Task<HttpResponseMessage> UploadAsync(params (string Name, byte[] Bytes)[] files) => UploadAsync(null, files);

    public async Task<HttpResponseMessage> UploadAsync(string? mailbox, params (string Name, byte[] Bytes)[] files)
    {
        using var form = new MultipartFormDataContent();
        foreach (var (name, bytes) in files) form.Add(new ByteArrayContent(bytes), "files", name);
        if (mailbox is not null) form.Add(new StringContent(mailbox), "mailbox");
        return await Http.PostAsync(Routes.Imports, form);
    }

    public static async Task<T> ReadAsync<T>(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{(int)response.StatusCode} {text}");
        return JsonSerializer.Deserialize<T>(text, ContractJson.Options)!;
    }

    /// <summary>The answer is a failure as RFC 9457 has it, and says something.</summary>
    public static async Task<JsonElement> ProblemAsync(HttpResponseMessage response, int status)
    {
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(status == (int)response.StatusCode, $"{response.RequestMessage!.RequestUri} answered {(int)response.StatusCode}, not {status}: {text}");
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var problem = JsonDocument.Parse(text).RootElement;
        Assert.Equal(status, problem.GetProperty("status").GetInt32());
        Assert.NotEmpty(problem.GetProperty("title").GetString()!);
        Assert.DoesNotContain("   at ", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Npgsql", text, StringComparison.Ordinal);
        return problem;
    }

    public void Dispose() => Http.Dispose();
}
