using System.Diagnostics;
using Microsoft.Extensions.AI;

namespace EmailOps.Core.LanguageModels.Routing;

/// <summary>A streamed answer of one provider: its breaker, budget and turn, and a hard end to its time. Dispose of it also when it was not read to the end.</summary>
internal sealed class StreamedCall(ProviderCalls calls, ModelProvider provider, Question asked, Deadline deadline) : IAsyncDisposable
{
    private readonly CancellationTokenSource _time = new();
    private CancellationTokenSource? _both;
    private IAsyncEnumerator<ChatResponseUpdate>? _updates;
    private Reservation? _reservation;
    private IDisposable? _place;
    private UsageDetails? _usage;
    private Activity? _activity;
    private string _model = "";
    private string? _answered;
    private ChatFinishReason? _finish;
    private long _began;
    private long _characters;
    private bool _mayHaveCost;

    /// <summary>Something of the answer has been handed on.</summary>
    public bool HasBegun { get; private set; }
    public ChatResponseUpdate Current => _updates!.Current;

    /// <returns>False when the answer is complete.</returns>
    /// <exception cref="LanguageModelException">It broke off or took too long.</exception>
    public async Task<bool> NextAsync(CancellationToken cancel)
    {
        try
        {
            if (_updates is null) await BeginAsync(cancel);
            if (!await _updates!.MoveNextAsync())
            {
                await SettleAsync();
                return false;
            }
            HasBegun = true;
            _characters += Current.Text.Length;
            _answered ??= Current.ModelId;
            _finish ??= Current.FinishReason;
            foreach (var usage in Current.Contents.OfType<UsageContent>()) (_usage ??= new()).Add(usage.Details);
            return true;
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw await FailedAsync(new LanguageModelException(ModelFailure.TimedOut, $"{provider.Name} came to no end of its answer in time."));
        }
        catch (LanguageModelException failure) when (failure.IsProviders)
        {
            throw await FailedAsync(failure);
        }
    }

    private async Task BeginAsync(CancellationToken cancel)
    {
        var chat = provider.Chat() ?? throw new LanguageModelException(ModelFailure.ModelMissing, $"{provider.Name} has no chat model.");
        var options = calls.Bounded(asked.Options);
        _model = options.ModelId ?? provider.ChatModel!;
        _reservation = await calls.BeginAsync("chat", provider, _model, asked.Ask, ProviderCalls.TokensOf(asked), options.MaxOutputTokens!.Value, deadline, cancel);
        _began = Stopwatch.GetTimestamp();
        _activity = ModelTelemetry.Start("chat", provider, _model, asked.Ask.Prompt);
        _time.CancelAfter(deadline.Left);
        _both = CancellationTokenSource.CreateLinkedTokenSource(_time.Token, cancel);
        _place = await provider.Gate.EnterAsync(asked.Ask.Urgency, _both.Token);
        await calls.PermitAsync(provider, deadline, _both.Token);
        _mayHaveCost = true;
        _updates = chat.GetStreamingResponseAsync(asked.Messages, options, _both.Token).GetAsyncEnumerator(_both.Token);
    }

    private async Task SettleAsync()
    {
        var reservation = _reservation!;
        _reservation = null;
        // Without figures: what was said, at three characters a token.
        var cost = await calls.SettleAsync(provider, reservation, _usage?.InputTokenCount ?? ProviderCalls.TokensOf(asked), _usage?.OutputTokenCount ?? (_characters / 3) + 1);
        ModelTelemetry.Done(_activity, "chat", provider, _model, _usage, _answered, _finish, cost, Stopwatch.GetElapsedTime(_began));
    }

    private async Task<LanguageModelException> FailedAsync(LanguageModelException failure)
    {
        _mayHaveCost &= HasBegun || ProviderCalls.MayHaveCost(failure.Reason);
        await calls.FailedAsync(provider, failure, Stopwatch.GetElapsedTime(_began));
        if (_model.Length > 0) ModelTelemetry.Failed(_activity, "chat", provider, _model, failure.Reason.ToString(), Stopwatch.GetElapsedTime(_began));
        return failure;
    }

    public async ValueTask DisposeAsync()
    {
        if (_updates is not null) await _updates.DisposeAsync();
        _activity?.Dispose();
        _place?.Dispose();
        _both?.Dispose();
        _time.Dispose();
        if (_reservation is { } left) await calls.ReleaseAsync(left, _mayHaveCost);
    }
}
