using System.Text;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.Retry;

namespace EmailOps.Core.LanguageModels.Routing;

/// <summary>Calls to one provider: breaker, budget, its turn, attempts within the time, and what it cost.</summary>
internal sealed class ProviderCalls(ModelBreakers breakers, IModelBudget budget, IRateLimit rates, LanguageModelOptions options, TimeProvider clock, ILogger<ProviderCalls> log)
{
    /// <summary>Tokens that a template and the roles add to a message.</summary>
    private const int Overhead = 16;

    /// <exception cref="LanguageModelException">It gave no answer.</exception>
    public async Task<ChatResponse> AskAsync(ModelProvider provider, Question asked, Deadline deadline, CancellationToken cancel)
    {
        var chat = provider.Chat() ?? throw new LanguageModelException(ModelFailure.ModelMissing, $"{provider.Name} has no chat model.");
        var (model, answer) = (asked.Options?.ModelId ?? provider.ChatModel!, Bounded(asked.Options));
        return await CallAsync("chat", provider, model, asked.Ask, TokensOf(asked), answer.MaxOutputTokens!.Value, deadline,
            limit => chat.GetResponseAsync(asked.Messages, answer, limit),
            response => (response.Usage, response.ModelId, response.FinishReason),
            (response, call) => ModelCall.Attach(response, call), cancel);
    }

    public async Task<GeneratedEmbeddings<Embedding<float>>> EmbedAsync(ModelProvider provider, IReadOnlyList<string> texts, EmbeddingGenerationOptions? wanted, ModelAsk ask, Deadline deadline, CancellationToken cancel)
    {
        var embeddings = provider.Embeddings() ?? throw new LanguageModelException(ModelFailure.ModelMissing, $"{provider.Name} has no embedding model.");
        return await CallAsync("embeddings", provider, wanted?.ModelId ?? provider.EmbeddingModel!, ask, texts.Sum(TokensOf), 0, deadline,
            limit => embeddings.GenerateAsync(texts, wanted, limit), all => (all.Usage, wanted?.ModelId ?? provider.EmbeddingModel, null), (_, _) => { }, cancel);
    }

    public void Tell(ModelProvider provider, ModelAsk ask, LanguageModelException failure)
    {
        if (failure.Reason is ModelFailure.BreakerOpen or ModelFailure.BudgetSpent or ModelFailure.NoPermit) LanguageModelsLog.PassedOver(log, provider.Name, ask.Prompt, failure.Reason, failure.Message);
        else LanguageModelsLog.NoAnswer(log, provider.Name, ask.Prompt, failure.Reason, failure.Message);
    }

    /// <summary>No answer is without an end.</summary>
    /// <summary>For settling after the answer, on a database that is busy.</summary>
    private static readonly TimeSpan s_settling = TimeSpan.FromMinutes(1);

    public ChatOptions Bounded(ChatOptions? wanted)
    {
        var bounded = wanted?.Clone() ?? new ChatOptions();
        bounded.MaxOutputTokens = Math.Max(1, bounded.MaxOutputTokens ?? options.MaxOutputTokens);
        return bounded;
    }

    public static long TokensOf(Question asked) => TokensOf(asked.Options?.Instructions ?? "") + asked.Messages.Sum(m => TokensOf(m.Text));

    // Above what nearly every text needs (3 to 4 bytes a token), so that the limit holds; the truth is settled afterwards.
    private static long TokensOf(string text) => (Encoding.UTF8.GetByteCount(text) / 2) + Overhead;

    /// <summary>Enters the breaker and sets aside the most that the call can cost.</summary>
    public async Task<Reservation> BeginAsync(string operation, ModelProvider provider, string model, ModelAsk ask, long tokensIn, long tokensOut, Deadline deadline, CancellationToken cancel)
    {
        try
        {
            await breakers.EnterAsync(provider.Name, deadline.Left, cancel);
            var limit = ask.MailboxLimit ?? options.Budget.PerMailbox;
            var reservation = new Reservation(DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime), ask.MailboxId, tokensIn + tokensOut, provider.Cost(tokensIn, tokensOut), options.Budget.Overall, limit) { Lease = deadline.Left + s_settling };
            if (await budget.ReserveAsync(reservation, cancel) is { } refused) throw new LanguageModelException(ModelFailure.BudgetSpent, refused);
            return reservation;
        }
        catch (LanguageModelException failure)
        {
            ModelTelemetry.Failed(null, operation, provider, model, failure.Reason.ToString(), TimeSpan.Zero);
            throw;
        }
    }

    /// <summary>Waits until the provider's limit of questions a minute leaves one. Asked when it is this question's turn, so that the most urgent gets the next.</summary>
    public async Task PermitAsync(ModelProvider provider, Deadline deadline, CancellationToken cancel)
    {
        if (provider.Rate is not { } rate) return;
        while (await rates.TakeAsync(provider.Name, rate, cancel) is var wait && wait > TimeSpan.Zero)
        {
            if (wait >= deadline.Left)
                throw new LanguageModelException(ModelFailure.NoPermit, $"{provider.Name} may be asked {rate.PerMinute:0} times a minute; the next turn is in {wait.TotalSeconds:F1} s.") { RetryAfter = wait };
            await Task.Delay(wait, clock, cancel);
        }
    }

    public async Task<decimal> SettleAsync(ModelProvider provider, Reservation reservation, long tokensIn, long tokensOut)
    {
        var cost = provider.Cost(tokensIn, tokensOut);
        // Whoever called may have given up: what was spent is spent.
        await budget.SettleAsync(reservation, tokensIn + tokensOut, cost, CancellationToken.None);
        await breakers.SucceededAsync(provider.Name, CancellationToken.None);
        return cost;
    }

    /// <summary>What broke off on the way may have been counted there; what never reached a model was not.</summary>
    public Task ReleaseAsync(Reservation reservation, bool mayHaveCost)
        => budget.SettleAsync(reservation, mayHaveCost ? reservation.Tokens : 0, mayHaveCost ? reservation.Money : 0, CancellationToken.None);

    public static bool MayHaveCost(ModelFailure reason) => reason is ModelFailure.TimedOut or ModelFailure.BadAnswer or ModelFailure.TooLarge;

    /// <param name="had">How much time it had.</param>
    /// <returns>True when its breaker is open now.</returns>
    public Task<bool> FailedAsync(ModelProvider provider, LanguageModelException failure, TimeSpan had)
        => failure.IsProviders && (failure.Reason != ModelFailure.TimedOut || had >= options.Breaker.FairTime) ? breakers.FailedAsync(provider.Name, failure, CancellationToken.None) : Task.FromResult(false);

    private async Task<T> CallAsync<T>(string operation, ModelProvider provider, string model, ModelAsk ask, long tokensIn, long tokensOut, Deadline deadline,
        Func<CancellationToken, Task<T>> call, Func<T, (UsageDetails? Usage, string? Model, ChatFinishReason? Finish)> read, Action<T, ModelCall> attach, CancellationToken cancel)
    {
        var reservation = await BeginAsync(operation, provider, model, ask, tokensIn, tokensOut, deadline, cancel);
        using var activity = ModelTelemetry.Start(operation, provider, model, ask.Prompt);
        var (began, attempts, mayHaveCost, isSettled) = (clock.GetTimestamp(), 0, true, false);
        using var time = new CancellationTokenSource(deadline.Left, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(time.Token, cancel);
        try
        {
            using var place = await provider.Gate.EnterAsync(ask.Urgency, both.Token);
            var answer = await Retries<T>(deadline).ExecuteAsync(async limit =>
            {
                attempts++;
                try
                {
                    await PermitAsync(provider, deadline, limit);
                    return await call(limit);
                }
                catch (LanguageModelException failure)
                {
                    mayHaveCost = MayHaveCost(failure.Reason);
                    // Told when to come again, and there is time: no fault yet.
                    if (failure.RetryAfter is { } wait && attempts <= options.Retries && wait < deadline.Left) throw;
                    // Open now: another attempt would be against what everybody else was told.
                    if (await FailedAsync(provider, failure, clock.GetElapsedTime(began))) throw new GivenUpException(failure);
                    throw;
                }
            }, both.Token);
            var (usage, answered, finish) = read(answer);
            var (usedIn, usedOut) = (usage?.InputTokenCount ?? tokensIn, usage?.OutputTokenCount ?? tokensOut);
            isSettled = true;
            var cost = await SettleAsync(provider, reservation, usedIn, usedOut);
            var took = clock.GetElapsedTime(began);
            ModelTelemetry.Done(activity, operation, provider, model, usage, answered, finish, cost, took);
            attach(answer, new ModelCall(provider.Name, answered ?? model, ask.Prompt, usedIn, usedOut, cost, took, false, attempts, provider.IsRemote));
            return answer;
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            var failure = new LanguageModelException(ModelFailure.TimedOut, $"{provider.Name} gave no answer in {clock.GetElapsedTime(began).TotalSeconds:F1} s.");
            // Waiting for a turn says nothing against the server.
            if (attempts > 0) await FailedAsync(provider, failure, clock.GetElapsedTime(began));
            else mayHaveCost = false;
            ModelTelemetry.Failed(activity, operation, provider, model, nameof(ModelFailure.TimedOut), clock.GetElapsedTime(began));
            throw failure;
        }
        catch (Exception failure) when (Find(failure) is { } known)
        {
            ModelTelemetry.Failed(activity, operation, provider, model, known.Reason.ToString(), clock.GetElapsedTime(began));
            throw known == failure ? known : new LanguageModelException(known.Reason, known.Message, known) { RetryAfter = known.RetryAfter };
        }
        finally
        {
            if (!isSettled) await ReleaseAsync(reservation, mayHaveCost);
        }
    }

    private ResiliencePipeline<T> Retries<T>(Deadline deadline) => options.Retries == 0
        ? ResiliencePipeline<T>.Empty
        : new ResiliencePipelineBuilder<T> { TimeProvider = clock }.AddRetry(new RetryStrategyOptions<T>
        {
            MaxRetryAttempts = options.Retries,
            Delay = options.RetryPause,
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            // What the server asks for, exactly; without that our own pause.
            DelayGenerator = args => ValueTask.FromResult((args.Outcome.Exception as LanguageModelException)?.RetryAfter),
            ShouldHandle = args => ValueTask.FromResult(args.Outcome.Exception is LanguageModelException { IsPassing: true } failure && (failure.RetryAfter ?? TimeSpan.Zero) < deadline.Left),
        }).Build();

    private static LanguageModelException? Find(Exception failure) => failure as LanguageModelException ?? (failure as GivenUpException)?.Why;

    /// <summary>Ends the attempts: the breaker is open.</summary>
    private sealed class GivenUpException(LanguageModelException why) : Exception(why.Message, why)
    {
        public LanguageModelException Why => why;
    }
}
