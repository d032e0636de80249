using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace EmailOps.Core.LanguageModels.Routing;

/// <summary>
/// One chat client before all providers: asks them in order until one answers. What goes with a question is its <see cref="ModelAsk"/>.
/// Fails with <see cref="LanguageModelException"/> alone, but for the caller's own cancellation, and never later than its patience.
/// </summary>
internal sealed class ModelRouter(ModelRoster roster, ProviderCalls calls, ModelBreakers breakers, IAnswerCache cache, LanguageModelOptions settings, TimeProvider clock) : IChatClient
{
    private static readonly ModelAsk Unnamed = new("unnamed") { UseCache = false };

    /// <summary>Whether asking is worth a thought: some provider has a model and seems to work. Costs nothing and asks nobody.</summary>
    public bool CanChat => roster.Providers.Any(p => p.ChatModel is not null && !breakers.SeemsOpen(p.Name));

    public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        var question = new Question([.. messages], options, options.Ask() ?? Unnamed);
        var deadline = new Deadline(question.Ask.Patience ?? settings.Patience, clock);
        var failures = new List<LanguageModelException>();
        var able = await AbleAsync(question.Ask, failures, cancellationToken);
        foreach (var (provider, at) in able.Select((p, i) => (p, i)))
        {
            var asked = provider.IsRemote ? question.Redacted() : question;
            var key = question.Ask.UseCache ? AnswerKey.Of(asked.Options?.ModelId ?? provider.ChatModel!, asked.Ask.Prompt, asked.Messages, asked.Options) : null;
            if (key is not null && await FindAsync(key, provider, asked, cancellationToken) is { } known) return known;
            try
            {
                var response = await calls.AskAsync(provider, asked, deadline.Share(able.Count - at), cancellationToken);
                if (key is not null && (response.FinishReason is null || response.FinishReason == ChatFinishReason.Stop) && question.Ask.Accepts?.Invoke(response.Text) != false)
                    await cache.KeepAsync(key, asked.Ask.Prompt, Kept(response), cancellationToken);
                return response;
            }
            catch (LanguageModelException failure)
            {
                calls.Tell(provider, asked.Ask, failure);
                failures.Add(failure);
            }
            if (deadline.IsOver) break;
        }
        throw AllFailed(failures);
    }

    /// <summary>The next provider is asked only while nothing of an answer has come; what has come cannot be taken back.</summary>
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var question = new Question([.. messages], options, options.Ask() ?? Unnamed);
        var deadline = new Deadline(question.Ask.Patience ?? settings.Patience, clock);
        var failures = new List<LanguageModelException>();
        var able = await AbleAsync(question.Ask, failures, cancellationToken);
        foreach (var (provider, at) in able.Select((p, i) => (p, i)))
        {
            var asked = provider.IsRemote ? question.Redacted() : question;
            await using var stream = new StreamedCall(calls, provider, asked, deadline.Share(able.Count - at));
            while (true)
            {
                LanguageModelException? failed = null;
                try
                {
                    if (!await stream.NextAsync(cancellationToken)) yield break;
                }
                catch (LanguageModelException failure)
                {
                    calls.Tell(provider, asked.Ask, failure);
                    if (stream.HasBegun) throw;
                    failures.Add(failed = failure);
                }
                if (failed is not null) break;
                yield return stream.Current;
            }
            if (deadline.IsOver) break;
        }
        throw AllFailed(failures);
    }

    private async Task<IReadOnlyList<ModelProvider>> AbleAsync(ModelAsk ask, List<LanguageModelException> failures, CancellationToken cancel)
    {
        var able = new List<ModelProvider>();
        foreach (var provider in await roster.ReadyAsync(cancel))
        {
            if (provider.ChatModel is null) failures.Add(new LanguageModelException(provider.LookedAt is null || provider.Look is null ? ModelFailure.Unreachable : ModelFailure.ModelMissing, provider.Problem ?? $"{provider.Name} has no chat model."));
            else if (provider.IsRemote && ask.ForRemote is null) failures.Add(new LanguageModelException(ModelFailure.NoProvider, $"{provider.Name} is elsewhere, and this question may not leave the house."));
            else able.Add(provider);
        }
        return able;
    }

    private async Task<ChatResponse?> FindAsync(byte[] key, ModelProvider provider, Question asked, CancellationToken cancel)
    {
        var began = clock.GetTimestamp();
        var known = await cache.FindAsync(key, cancel);
        ModelTelemetry.Looked(known is not null);
        if (known is null) return null;
        var response = new ChatResponse(new ChatMessage(ChatRole.Assistant, known.Text)) { ModelId = known.Model, FinishReason = ChatFinishReason.Stop };
        ModelCall.Attach(response, new ModelCall(provider.Name, known.Model, asked.Ask.Prompt, known.TokensIn, known.TokensOut, 0, clock.GetElapsedTime(began), true, 0, provider.IsRemote));
        return response;
    }

    private static CachedAnswer Kept(ChatResponse response) => new(response.ModelId ?? "", response.Text, response.Usage?.InputTokenCount ?? 0, response.Usage?.OutputTokenCount ?? 0);

    internal static LanguageModelException AllFailed(List<LanguageModelException> failures) => failures switch
    {
        [] => new LanguageModelException(ModelFailure.NoProvider, "No language model is configured, and none was found on this machine."),
        [var only] => only,
        // The first one's reason: it is the one that should have answered.
        _ => new LanguageModelException(failures[0].Reason, string.Join(" Then: ", failures.Select(f => f.Message)), failures[^1]) { RetryAfter = failures.Min(f => f.RetryAfter) },
    };

    public object? GetService(Type serviceType, object? serviceKey = null) => serviceKey is null && serviceType.IsInstanceOfType(this) ? this : null;

    // The connections are the providers'.
    public void Dispose()
    {
    }
}

/// <summary>A question with what goes with it.</summary>
internal sealed record Question(IReadOnlyList<ChatMessage> Messages, ChatOptions? Options, ModelAsk Ask)
{
    /// <summary>As it may leave the house.</summary>
    public Question Redacted()
    {
        var redact = Ask.ForRemote ?? throw new InvalidOperationException("A question without redaction stays in the house.");
        ChatOptions? options = null;
        if (Options is not null)
        {
            options = Options.Clone();
            if (options.Instructions is { } instructions) options.Instructions = redact(instructions);
        }
        return this with { Options = options, Messages = [.. Messages.Select(m => new ChatMessage(m.Role, redact(m.Text)))] };
    }
}

/// <summary>Until when a question must be answered or given up.</summary>
internal readonly struct Deadline(TimeSpan patience, TimeProvider clock)
{
    private readonly long _began = clock.GetTimestamp();

    public TimeSpan Left => patience - clock.GetElapsedTime(_began) is var left && left > TimeSpan.Zero ? left : TimeSpan.Zero;
    public bool IsOver => Left == TimeSpan.Zero;

    /// <summary>A silent provider does not use up the time of those after it: it gets half of what is left, the last one all.</summary>
    /// <param name="providers">This one and those after it.</param>
    public Deadline Share(int providers) => new(providers > 1 ? Left / 2 : Left, clock);
}
