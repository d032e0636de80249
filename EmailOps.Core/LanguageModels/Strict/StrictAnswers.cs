using EmailOps.Core.LanguageModels.Routing;
using EmailOps.Core.Learning.Redaction;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace EmailOps.Core.LanguageModels.Strict;

/// <summary>
/// Asks for an answer of a shape and takes nothing else: one repair, then a failure with its reason. A model elsewhere sees placeholders in place of personal
/// data; its answer is filled again before it is read.
/// </summary>
internal sealed class StrictAnswers(ModelRouter router, LanguageModelOptions options, TimeProvider clock, ILogger<StrictAnswers> log)
{
    /// <summary>Of a refused answer, shown back to the model; the rest of a long one teaches it nothing.</summary>
    private const int ShownBack = 2000;

    private readonly record struct Verdict<T>(T? Value, AnswerFailure? Failure, string Problem);

    /// <summary>Never fails but by the caller's own cancellation.</summary>
    /// <param name="read">Makes the caller's type of the fields, or says what is wrong with them: a clause that goes on after "cannot be used:", for people and for the model.</param>
    public async Task<StrictAnswer<T>> AskAsync<T>(StrictQuestion question, ModelAsk ask, Func<StrictFields, (T? Value, string? Problem)> read, CancellationToken cancel) where T : class
    {
        var deadline = new Deadline(ask.Patience ?? options.Patience, clock);
        // One table a question: what was hidden from a model elsewhere is put back into its answer.
        var redaction = new Redaction();
        var calls = new List<StrictCall>();
        ChatMessage[] asked = [new(ChatRole.System, question.System), new(ChatRole.User, question.User)];
        for (var said = asked; ;)
        {
            var began = clock.GetTimestamp();
            ChatResponse response;
            try
            {
                response = await router.GetResponseAsync(said, Prepared(question, ask with { Patience = deadline.Left, ForRemote = redaction.Hide, Accepts = text => Judge(text).Failure is null }), cancel);
            }
            catch (LanguageModelException failed)
            {
                Keep(null, "", failed.Message, began);
                return Failed(ReasonOf(failed.Reason), failed.Message);
            }
            var by = ModelCall.Of(response);
            var verdict = response.FinishReason == ChatFinishReason.ContentFilter ? new(null, AnswerFailure.Declined, "the model declined to answer") : Judge(response.Text);
            if (verdict.Failure is not { } failure)
            {
                Keep(by, response.Text, null, began);
                return new StrictAnswer<T>(verdict.Value, null, null, calls);
            }
            var wasCut = response.FinishReason == ChatFinishReason.Length && failure == AnswerFailure.NotJson;
            if (wasCut) (failure, verdict) = (AnswerFailure.Cut, verdict with { Problem = "it was too long and was cut off" });
            LanguageModelsLog.Unusable(log, by?.Provider ?? "", ask.Prompt, failure);
            var problem = $"The language model's answer could not be used: {verdict.Problem}";
            Keep(by, response.Text, $"{problem}.", began);
            if (failure == AnswerFailure.Declined || calls.Count > 1) return Failed(failure, $"{problem}.");
            if (deadline.IsOver) return Failed(AnswerFailure.TimedOut, $"{problem}, and there was no time to ask again.");
            said = [.. asked, new(ChatRole.Assistant, AnswerText.Cut(response.Text, ShownBack)), new(ChatRole.User,
                $"That answer cannot be used: {verdict.Problem}. Answer again with the one JSON object that was asked for, and nothing before or after it.{(wasCut ? " Keep every text short." : "")}")];
        }

        Verdict<T> Judge(string text)
        {
            var filled = redaction.Fill(text);
            if (filled.Open.Count > 0) return new(null, AnswerFailure.WrongShape, $"it says {filled.Open[0]}, which stands for something that must not be said");
            var result = question.Shape.Read(filled.Text, question.Rules);
            if (result.Fields is not { } fields) return new(null, result.Failure ?? AnswerFailure.WrongShape, string.Join("; ", result.Problems));
            var (value, problem) = read(fields);
            return value is null || problem is not null ? new(null, AnswerFailure.WrongShape, problem ?? "the fields contradict each other") : new(value, null, "");
        }

        void Keep(ModelCall? by, string answered, string? problem, long began)
            => calls.Add(new StrictCall(by, string.Join("\n\n", asked.Select(m => by is { IsRemote: true } ? redaction.Hide(m.Text) : m.Text)), answered, problem, began, clock.GetElapsedTime(began), clock.GetUtcNow()));

        StrictAnswer<T> Failed(AnswerFailure failure, string why) => new(null, failure, why, calls);
    }

    private static ChatOptions Prepared(StrictQuestion question, ModelAsk ask) => new ChatOptions
    {
        // The likeliest answer, and the same one tomorrow.
        Temperature = 0,
        Seed = 1,
        MaxOutputTokens = question.MaxOutputTokens,
        ResponseFormat = ChatResponseFormat.ForJsonSchema(question.Shape.Schema, question.Shape.Name),
    }.About(ask);

    private static AnswerFailure ReasonOf(ModelFailure reason) => reason switch
    {
        ModelFailure.NoProvider or ModelFailure.ModelMissing => AnswerFailure.NoModel,
        ModelFailure.BreakerOpen or ModelFailure.NoPermit => AnswerFailure.Waiting,
        ModelFailure.BudgetSpent => AnswerFailure.BudgetSpent,
        ModelFailure.TimedOut => AnswerFailure.TimedOut,
        ModelFailure.BadQuestion or ModelFailure.BadAnswer or ModelFailure.TooLarge => AnswerFailure.Garbled,
        _ => AnswerFailure.Unavailable,
    };
}
