using System.ClientModel;
using System.ClientModel.Primitives;
using System.Text.Json;
using OpenAI;

namespace EmailOps.Core.LanguageModels.OpenAi;

/// <summary>The OpenAI package's pipeline, aimed at any compatible server; what goes wrong, as <see cref="LanguageModelException"/>.</summary>
internal sealed class OpenAiApi(HttpClient http, Uri endpoint, string? key, TimeProvider clock)
{
    /// <summary>Servers without keys take any.</summary>
    private const string NoKey = "none";

    public Uri Endpoint => endpoint;
    public ApiKeyCredential Credential { get; } = new(string.IsNullOrEmpty(key) ? NoKey : key);

    public OpenAIClientOptions Options { get; } = new()
    {
        Endpoint = endpoint,
        Transport = new HttpClientPipelineTransport(http),
        // Retries, limits of time and logging are ours.
        RetryPolicy = new ClientRetryPolicy(0),
        NetworkTimeout = Timeout.InfiniteTimeSpan,
        ClientLoggingOptions = new ClientLoggingOptions { EnableLogging = false },
        UserAgentApplicationId = "EmailOps",
    };

    /// <summary>Newer OpenAI models refuse the older name, and most other servers know only that.</summary>
    public string LengthField => endpoint.Host.EndsWith(".openai.com", StringComparison.OrdinalIgnoreCase) ? "max_completion_tokens" : "max_tokens";

    public static void ExpectType(PipelineResponse response, string type, Uri endpoint)
    {
        var given = response.Headers.TryGetValue("Content-Type", out var value) ? value?.Split(';')[0].Trim() : null;
        if (!string.Equals(given, type, StringComparison.OrdinalIgnoreCase))
            throw new LanguageModelException(ModelFailure.BadAnswer, $"The answer of {endpoint} is {given ?? "of no content type"}, not {type}; check that the address ends where the API begins (often /v1).");
    }

    public async Task<T> Guarded<T>(Func<Task<T>> call, CancellationToken cancel)
    {
        try
        {
            return await call();
        }
        catch (ClientResultException failure) when (failure.GetRawResponse() is { } response && failure.Status != 0)
        {
            throw new LanguageModelException(ModelHttp.ReasonOf(failure.Status), $"{endpoint} answered {failure.Status}{Hint(failure.Status)}.")
            {
                RetryAfter = ModelHttp.RetryAfter(response.Headers.TryGetValue("Retry-After", out var wait) ? wait : null, clock),
            };
        }
        catch (Exception failure) when (Find<AnswerTooLargeException>(failure) is { } large)
        {
            throw new LanguageModelException(ModelFailure.TooLarge, $"{endpoint}: {large.Message}", failure);
        }
        catch (Exception failure) when (failure is IOException || (Find<HttpRequestException>(failure) is { } request && !ModelHttp.NeverConnected(request)))
        {
            throw new LanguageModelException(ModelFailure.BadAnswer, $"The answer of {endpoint} broke off.", failure);
        }
        catch (Exception failure) when (failure is ClientResultException or HttpRequestException)
        {
            throw new LanguageModelException(ModelFailure.Unreachable, $"{endpoint} cannot be reached: {Find<HttpRequestException>(failure)?.Message ?? failure.Message} Check that the server runs and that the address is right.", failure);
        }
        catch (Exception failure) when (failure is JsonException or FormatException or InvalidOperationException or KeyNotFoundException)
        {
            throw new LanguageModelException(ModelFailure.BadAnswer, $"The answer of {endpoint} is not the JSON that an OpenAI-compatible server sends.", failure);
        }
        catch (OperationCanceledException silence) when (!cancel.IsCancellationRequested)
        {
            throw new LanguageModelException(ModelFailure.Unreachable, $"{endpoint} does not take connections: nothing came back in time.", silence);
        }
    }

    private static string Hint(int status) => status switch
    {
        401 or 403 => "; check the API key and what it may do",
        404 => "; check the model's name and that the address ends where the API begins (often /v1)",
        429 => "; the account's limit of requests or money is reached",
        400 or 413 or 422 => "; the question is too long for the model, or asks for what it cannot do",
        _ => "",
    };

    private static T? Find<T>(Exception? failure) where T : Exception
    {
        for (; failure is not null; failure = failure is AggregateException { InnerExceptions: [var first, ..] } ? first : failure.InnerException)
            if (failure is T found) return found;
        return null;
    }
}
