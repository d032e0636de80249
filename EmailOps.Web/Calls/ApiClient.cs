using System.Net.Http.Headers;
using System.Text.Json;
using EmailOps.Core.Contracts;
using Microsoft.Extensions.Options;
using Polly;

namespace EmailOps.Web.Calls;

/// <summary>Asks the Api. Never throws for what networks and servers do: that is an <see cref="ApiProblem"/>, and pages show it.</summary>
internal sealed class ApiClient(HttpClient http, IOptions<WebOptions> options, TimeProvider clock)
{
    /// <summary>People look at an error after this rather than at nothing.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan FilePatience = TimeSpan.FromMinutes(10);
    private const int MostFileBytes = 256 * 1024 * 1024;

    public string Address => options.Value.ApiBaseAddress.TrimEnd('/');

    public Task<Answer<T>> GetAsync<T>(string path, CancellationToken cancellation) =>
        SendAsync<T>(new HttpRequestMessage(HttpMethod.Get, path), Patience, cancellation);

    /// <param name="patience">Null: that of a page.</param>
    public Task<Answer<T>> SendAsync<T>(HttpMethod method, string path, object? body, int? version, CancellationToken cancellation, TimeSpan? patience = null)
    {
        var request = new HttpRequestMessage(method, path);
        if (body is not null)
            request.Content = JsonContent.Create(body, body.GetType(), options: ContractJson.Options);
        if (version is { } seen)
            request.Headers.IfMatch.Add(new EntityTagHeaderValue($"\"{seen}\""));
        return SendAsync<T>(request, patience ?? Patience, cancellation);
    }

    /// <summary>Asks as the console, whoever is signed in: for what lets people in.</summary>
    public Task<Answer<T>> SendAsConsoleAsync<T>(HttpMethod method, string path, object body, CancellationToken cancellation)
    {
        var request = new HttpRequestMessage(method, path) { Content = JsonContent.Create(body, body.GetType(), options: ContractJson.Options) };
        request.Options.Set(CallerHeaders.AsConsole, true);
        return SendAsync<T>(request, Patience, cancellation);
    }

    /// <inheritdoc cref="SendAsConsoleAsync"/>
    public Task<Answer<T>> GetAsConsoleAsync<T>(string path, CancellationToken cancellation)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Options.Set(CallerHeaders.AsConsole, true);
        return SendAsync<T>(request, Patience, cancellation);
    }

    /// <summary>Asks in a session that need not be that of whoever is signed in.</summary>
    public Task<Answer<T>> SendInSessionAsync<T>(HttpMethod method, string path, string session, TimeSpan patience, CancellationToken cancellation)
    {
        var request = new HttpRequestMessage(method, path);
        request.Options.Set(CallerHeaders.InSession, session);
        return SendAsync<T>(request, patience, cancellation);
    }

    /// <summary>Sends files; waits as long as it takes.</summary>
    public Task<Answer<T>> UploadAsync<T>(string path, HttpContent content, CancellationToken cancellation) =>
        SendAsync<T>(new HttpRequestMessage(HttpMethod.Post, path) { Content = content }, Timeout.InfiniteTimeSpan, cancellation);

    /// <summary>Asks for a file by a POST, so that what is asked for stands in no address; kept in memory, at most 256 MB.</summary>
    public async Task<Answer<byte[]>> FetchAsync(string path, object body, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body, body.GetType(), options: ContractJson.Options) };
        using var patience = new CancellationTokenSource(FilePatience, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellation);
        try
        {
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, both.Token);
            if (!response.IsSuccessStatusCode) return new(null, await ApiProblems.ReadAsync(response, both.Token));
            await response.Content.LoadIntoBufferAsync(MostFileBytes, both.Token);
            return new(await response.Content.ReadAsByteArrayAsync(both.Token), null);
        }
        catch (Exception cause) when (IsNetwork(cause, cancellation))
        {
            return new(null, ApiProblems.Unreachable(Address, cause));
        }
    }

    /// <summary>Opens a stream of bytes; the caller disposes of the response.</summary>
    public async Task<Answer<HttpResponseMessage>> OpenAsync(string path, string accept, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Accept.ParseAdd(accept);
        using var patience = new CancellationTokenSource(Patience, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellation);
        try
        {
            var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, both.Token);
            if (response.IsSuccessStatusCode)
                return new(response, null);
            using (response)
                return new(null, await ApiProblems.ReadAsync(response, both.Token));
        }
        catch (Exception cause) when (IsNetwork(cause, cancellation))
        {
            return new(null, ApiProblems.Unreachable(Address, cause));
        }
    }

    private async Task<Answer<T>> SendAsync<T>(HttpRequestMessage request, TimeSpan limit, CancellationToken cancellation)
    {
        using var patience = new CancellationTokenSource(limit, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellation);
        try
        {
            using (request)
            using (var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, both.Token))
            {
                if (!response.IsSuccessStatusCode)
                    return new(default, await ApiProblems.ReadAsync(response, both.Token));
                if (typeof(T) == typeof(Done))
                    return new(default, null);
                var value = await response.Content.ReadFromJsonAsync<T>(ContractJson.Options, both.Token);
                return value is null ? new(default, ApiProblems.Garbled(new JsonException("it was empty"))) : new(value, null);
            }
        }
        catch (JsonException cause)
        {
            return new(default, ApiProblems.Garbled(cause));
        }
        catch (Exception cause) when (IsNetwork(cause, cancellation))
        {
            return new(default, ApiProblems.Unreachable(Address, cause));
        }
    }

    /// <summary>A person who closes the page is no problem of the Api's.</summary>
    private static bool IsNetwork(Exception cause, CancellationToken caller) =>
        cause is HttpRequestException or IOException or ExecutionRejectedException || (cause is OperationCanceledException && !caller.IsCancellationRequested);
}
