using EmailOps.Core.LanguageModels.Routing;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace EmailOps.Core.LanguageModels.Strict;

/// <summary>Why there is no answer to act on; the caller goes on with the built-in one.</summary>
internal enum AnswerFailure
{
    /// <summary>No provider, or none that may be asked.</summary>
    NoModel,
    /// <summary>All breakers are open.</summary>
    Waiting,
    BudgetSpent,
    TimedOut,
    /// <summary>Everything else that providers do; <see cref="StrictAnswer{T}.Why"/> tells.</summary>
    Unavailable,
    NotJson,
    WrongShape,
    /// <summary>Stopped at its longest length, twice.</summary>
    Cut,
    /// <summary>Gave the instructions back.</summary>
    Echoed,
    /// <summary>The model or its server declined (content filter).</summary>
    Declined,
}

/// <param name="Value">Default when there is a <paramref name="Failure"/>.</param>
/// <param name="Why">One sentence for logs and people; nothing of the question or the answer is in it.</param>
/// <param name="Calls">Every call that got an answer, also those whose answer was refused.</param>
internal sealed record StrictAnswer<T>(T? Value, AnswerFailure? Failure, string? Why, IReadOnlyList<ModelCall> Calls)
{
    public bool IsUsable => Failure is null;
    /// <summary>The model had to be told what was wrong with its first answer.</summary>
    public bool IsRepaired => IsUsable && Calls.Count > 1;
}

/// <summary>Asks for an answer of a shape and takes nothing else: one repair, then a failure with its reason.</summary>
internal sealed class StrictAnswers(ModelRouter router, LanguageModelOptions options, TimeProvider clock, ILogger<StrictAnswers> log)
{
    /// <summary>Of a refused answer, shown back to the model; the rest of a long one teaches it nothing.</summary>
    private const int ShownBack = 2000;

    /// <summary>Never fails but by the caller's own cancellation.</summary>
    /// <param name="read">Makes the caller's type of the fields; null when they make no sense together, which counts as a wrong shape.</param>
    /// <param name="question">Instructions, temperature, length; its format is set here.</param>
    public async Task<StrictAnswer<T>> AskAsync<T>(AnswerShape shape, Func<StrictFields, T?> read, IReadOnlyList<ChatMessage> messages, ChatOptions question, ModelAsk ask, CancellationToken cancel) where T : class
    {
        var deadline = new Deadline(ask.Patience ?? options.Patience, clock);
        var instructions = string.Join('\n', messages.Where(m => m.Role == ChatRole.System).Select(m => m.Text).Prepend(question.Instructions ?? ""));
        var calls = new List<ModelCall>();
        var said = messages;
        try
        {
            while (true)
            {
                var response = await router.GetResponseAsync(said, Prepared(shape, question, ask with { Patience = deadline.Left, Accepts = text => Judge(text).Fields is { } fine && read(fine) is not null }), cancel);
                var call = ModelCall.Of(response);
                if (call is not null) calls.Add(call);
                if (response.FinishReason == ChatFinishReason.ContentFilter) return Failed(AnswerFailure.Declined, "The model declined to answer.");
                var (value, result) = (default(T), Judge(response.Text));
                if (result.Fields is { } fields && (value = read(fields)) is not null) return new StrictAnswer<T>(value, null, null, calls);
                var wasCut = response.FinishReason == ChatFinishReason.Length && result.Failure == AnswerFailure.NotJson;
                var problems = result.Problems is { Count: > 0 } named ? string.Join("; ", named) : "the fields contradict each other";
                StrictAnswersLog.Refused(log, call?.Provider ?? "", ask.Prompt, result.Failure ?? AnswerFailure.WrongShape, problems);
                if (said.Count > messages.Count || deadline.IsOver) return Failed(wasCut ? AnswerFailure.Cut : result.Failure ?? AnswerFailure.WrongShape, $"The model's answer cannot be used: {problems}.");
                said = [.. messages, new ChatMessage(ChatRole.Assistant, AnswerText.Cut(response.Text, ShownBack)), new ChatMessage(ChatRole.User, Repair(problems, wasCut))];
            }
        }
        catch (LanguageModelException failure)
        {
            return Failed(ReasonOf(failure.Reason), failure.Message);
        }

        ShapeResult Judge(string text) => shape.Read(text, instructions);

        StrictAnswer<T> Failed(AnswerFailure failure, string why) => new(default, failure, why, calls);
    }

    private static string Repair(string problems, bool wasCut)
        => $"That answer cannot be used: {(wasCut ? "it was too long and was cut off" : problems)}. Answer again with the one JSON object that was asked for, and nothing before or after it.{(wasCut ? " Keep every text short." : "")}";

    private static ChatOptions Prepared(AnswerShape shape, ChatOptions question, ModelAsk ask)
    {
        var prepared = question.Clone();
        prepared.ResponseFormat = ChatResponseFormat.ForJsonSchema(shape.Schema, shape.Name);
        // The likeliest answer, and the same one tomorrow.
        prepared.Temperature ??= 0;
        prepared.Seed ??= 1;
        return prepared.About(ask);
    }

    private static AnswerFailure ReasonOf(ModelFailure reason) => reason switch
    {
        ModelFailure.NoProvider or ModelFailure.ModelMissing => AnswerFailure.NoModel,
        ModelFailure.BreakerOpen => AnswerFailure.Waiting,
        ModelFailure.BudgetSpent => AnswerFailure.BudgetSpent,
        ModelFailure.TimedOut => AnswerFailure.TimedOut,
        _ => AnswerFailure.Unavailable,
    };
}

internal static partial class StrictAnswersLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "The answer of {Provider} to {Prompt} cannot be used ({Failure}): {Problems}")]
    public static partial void Refused(ILogger log, string provider, string prompt, AnswerFailure failure, string problems);
}
