using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace EmailOps.Core.LanguageModels.Ollama;

/// <summary>Ollama's HTTP API: requests, streams of JSON lines, and what goes wrong, as <see cref="LanguageModelException"/>.</summary>
internal sealed class OllamaApi(HttpClient http, Uri endpoint, TimeProvider clock)
{
    /// <summary>Longest line of a stream, in characters. Guards memory against a line without an end.</summary>
    private const int MaxLine = 1024 * 1024;
    /// <summary>Beginnings of error texts that help, and hold nothing of a question. Others are not shown: a server may repeat what it was asked.</summary>
    private static readonly string[] Telling = ["model requires more system memory", "llama runner process", "unable to load model", "pull model manifest", "model '", "model \""];
    public static JsonSerializerOptions Json { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };
    // The API may stand behind a path of a proxy.
    private readonly Uri _root = endpoint.AbsoluteUri.EndsWith('/') ? endpoint : new Uri(endpoint.AbsoluteUri + "/");

    public Uri Endpoint => endpoint;

    public async Task<T> GetAsync<T>(string path, CancellationToken cancel) where T : class
    {
        using var response = await SendAsync(HttpMethod.Get, path, null, null, cancel);
        return await ReadAsync<T>(response, cancel);
    }

    public async Task<T> PostAsync<T>(string path, object body, CancellationToken cancel) where T : class
    {
        using var response = await SendAsync(HttpMethod.Post, path, body, null, cancel);
        return await ReadAsync<T>(response, cancel);
    }

    /// <summary>One object a line (application/x-ndjson); a line with <c>error</c> ends it as a failure.</summary>
    /// <param name="limit">Of all lines together, in bytes; null: the usual one.</param>
    public async IAsyncEnumerable<T> StreamAsync<T>(string path, object body, long? limit, [EnumeratorCancellation] CancellationToken cancel) where T : class, IOllamaLine
    {
        using var response = await SendAsync(HttpMethod.Post, path, body, limit, cancel);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancel), Encoding.UTF8);
        var lines = new BoundedLines(reader, MaxLine);
        while (await Guarded(() => lines.NextAsync(cancel), cancel) is { } line)
        {
            if (string.IsNullOrWhiteSpace(line)) continue;
            var item = await Guarded(() => Task.FromResult(JsonSerializer.Deserialize<T>(line, Json)), cancel) ?? throw Bad("has a line that is null");
            if (item.Error is { } error) throw new LanguageModelException(ModelFailure.ServerError, $"{endpoint} broke off{Said(error)}.");
            yield return item;
        }
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, object? body, long? limit, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(method, new Uri(_root, path));
        if (body is not null) request.Content = JsonContent.Create(body, body.GetType(), options: Json);
        if (limit is { } most) request.Options.Set(ModelHttp.Limit, most);
        var response = await Guarded(() => http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel), cancel);
        try
        {
            if (!response.IsSuccessStatusCode) throw await FailureAsync(response, cancel);
            if (response.Content.Headers.ContentType?.MediaType is not ("application/json" or "application/x-ndjson") and var type)
                throw Bad($"is {type ?? "of no content type"}, not JSON; check that an Ollama listens there");
            return response;
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    private async Task<T> ReadAsync<T>(HttpResponseMessage response, CancellationToken cancel) where T : class
        => await Guarded(() => DecodeAsync<T>(response, cancel), cancel) ?? throw Bad("is null");

    /// <summary>What a status that is no success means, with what the server says of it where that helps.</summary>
    public async Task<LanguageModelException> FailureAsync(HttpResponseMessage response, CancellationToken cancel)
    {
        var status = (int)response.StatusCode;
        string? said = null;
        if (response.Content.Headers.ContentType?.MediaType == "application/json")
        {
            try
            {
                said = (await DecodeAsync<OllamaError>(response, cancel))?.Error;
            }
            catch (Exception unreadable) when (unreadable is JsonException or IOException or HttpRequestException)
            {
                said = null; // the status tells enough
            }
        }
        return new LanguageModelException(ModelHttp.ReasonOf(status), $"{endpoint} answered {status}{Said(said)}.")
        {
            RetryAfter = ModelHttp.RetryAfter(response.Headers.TryGetValues("Retry-After", out var values) ? values.FirstOrDefault() : null, clock),
        };
    }

    // UTF-8 whatever charset is named: JSON has no other (RFC 8259, section 8.1).
    private static async Task<T?> DecodeAsync<T>(HttpResponseMessage response, CancellationToken cancel) where T : class
    {
        await using var body = await response.Content.ReadAsStreamAsync(cancel);
        return await JsonSerializer.DeserializeAsync<T>(body, Json, cancel);
    }

    private static string Said(string? error)
        => error is not null && Telling.Any(t => error.StartsWith(t, StringComparison.OrdinalIgnoreCase)) ? $": {error[..Math.Min(error.Length, 200)].ReplaceLineEndings(" ")}" : "";

    private LanguageModelException Bad(string what, Exception? inner = null) => new(ModelFailure.BadAnswer, $"The answer of {endpoint} {what}.", inner);

    private async Task<T> Guarded<T>(Func<Task<T>> call, CancellationToken cancel)
    {
        try
        {
            return await call();
        }
        catch (AnswerTooLargeException large)
        {
            throw new LanguageModelException(ModelFailure.TooLarge, $"{endpoint}: {large.Message}", large);
        }
        catch (HttpRequestException failure) when (failure is { InnerException: AnswerTooLargeException large })
        {
            throw new LanguageModelException(ModelFailure.TooLarge, $"{endpoint}: {large.Message}", failure);
        }
        catch (HttpRequestException failure) when (!ModelHttp.NeverConnected(failure))
        {
            throw Bad("broke off", failure);
        }
        catch (HttpRequestException failure)
        {
            throw new LanguageModelException(ModelFailure.Unreachable, $"{endpoint} cannot be reached: {failure.Message} Check that the server runs and that the address is right.", failure);
        }
        catch (IOException failure)
        {
            throw Bad("broke off", failure);
        }
        catch (JsonException failure)
        {
            throw Bad("is not the JSON that Ollama sends", failure);
        }
        catch (OperationCanceledException silence) when (!cancel.IsCancellationRequested)
        {
            throw new LanguageModelException(ModelFailure.Unreachable, $"{endpoint} does not take connections: nothing came back in time.", silence);
        }
    }
}

/// <summary>A line of a stream that may tell of a failure instead.</summary>
internal interface IOllamaLine
{
    string? Error { get; }
}

/// <summary>Lines of at most so many characters.</summary>
internal sealed class BoundedLines(TextReader reader, int most)
{
    private readonly char[] _buffer = new char[8192];
    private int _at;
    private int _end;

    /// <returns>Null at the end.</returns>
    public async Task<string?> NextAsync(CancellationToken cancel)
    {
        var line = new StringBuilder();
        while (true)
        {
            if (_at == _end)
            {
                (_at, _end) = (0, await reader.ReadAsync(_buffer, cancel));
                if (_end == 0) return line.Length > 0 ? line.ToString() : null;
            }
            var found = Array.IndexOf(_buffer, '\n', _at, _end - _at);
            line.Append(_buffer, _at, (found < 0 ? _end : found) - _at);
            _at = found < 0 ? _end : found + 1;
            if (line.Length > most) throw new AnswerTooLargeException(most);
            if (found >= 0) return line.ToString();
        }
    }
}
