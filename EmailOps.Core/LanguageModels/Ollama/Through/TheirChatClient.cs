using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace EmailOps.Core.LanguageModels.Ollama.Through;

/// <summary>Somebody else's client, kept to our rules: no tools, nothing of ours on the wire but the question, and failures that breakers and retries understand.</summary>
internal sealed class TheirChatClient(IChatClient theirs, Uri endpoint) : DelegatingChatClient(theirs)
{
    public override async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        try
        {
            var answer = await base.GetResponseAsync(messages, Plain(options), cancellationToken);
            return answer.Messages.Count > 0 ? answer : throw new LanguageModelException(ModelFailure.BadAnswer, $"The answer of {endpoint} has no message.");
        }
        catch (Exception failure) when (TheirFailures.Of(failure, endpoint, cancellationToken) is { } known)
        {
            throw known;
        }
    }

    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await using var updates = base.GetStreamingResponseAsync(messages, Plain(options), cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (await NextAsync(updates, cancellationToken)) yield return updates.Current;
    }

    private async Task<bool> NextAsync(IAsyncEnumerator<ChatResponseUpdate> updates, CancellationToken cancel)
    {
        try
        {
            return await updates.MoveNextAsync();
        }
        catch (Exception failure) when (TheirFailures.Of(failure, endpoint, cancel) is { } known)
        {
            throw known;
        }
    }

    private static ChatOptions Plain(ChatOptions? options)
    {
        if (options?.Tools is { Count: > 0 }) throw new NotSupportedException("Language models get no tools.");
        var plain = options?.Clone() ?? new ChatOptions();
        // What goes with a question in this process is not for the wire. The length stands here as well: not every client maps MaxOutputTokens.
        plain.AdditionalProperties = plain.MaxOutputTokens is { } most ? new AdditionalPropertiesDictionary { ["num_predict"] = most } : null;
        return plain;
    }
}

/// <summary>What somebody else's client throws, as what it means.</summary>
internal static class TheirFailures
{
    /// <returns>Null for what is ours already or no failure of the server: a cancelled question, a wrong argument.</returns>
    public static LanguageModelException? Of(Exception failure, Uri endpoint, CancellationToken cancel) => failure switch
    {
        LanguageModelException or NotSupportedException or ArgumentException => null,
        OperationCanceledException when cancel.IsCancellationRequested => null,
        { InnerException: LanguageModelException ours } => ours,
        AnswerTooLargeException or { InnerException: AnswerTooLargeException } => new(ModelFailure.TooLarge, $"{endpoint}: the answer is larger than it may be.", failure),
        HttpRequestException { StatusCode: { } status } => new(ModelHttp.ReasonOf((int)status), $"{endpoint} answered {(int)status}.", failure),
        HttpRequestException http when ModelHttp.NeverConnected(http) => new(ModelFailure.Unreachable, $"{endpoint} cannot be reached: {http.Message} Check that the server runs and that the address is right.", failure),
        OperationCanceledException => new(ModelFailure.Unreachable, $"{endpoint} does not take connections: nothing came back in time.", failure),
        JsonException => new(ModelFailure.BadAnswer, $"The answer of {endpoint} is not the JSON that Ollama sends.", failure),
        // Broken off, or a kind of failure that only their client knows; its words may repeat the question, so they are not shown.
        _ => new(ModelFailure.BadAnswer, $"The answer of {endpoint} broke off or could not be read ({failure.GetType().Name}).", failure),
    };
}
