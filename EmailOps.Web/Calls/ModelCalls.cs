using System.Globalization;
using EmailOps.Core.Contracts;

namespace EmailOps.Web.Calls;

/// <summary>What mailboxes' models learned, and evaluations and replays.</summary>
internal static class ModelCalls
{
    public static Task<Answer<ModelView>> ModelAsync(this ApiClient api, long mailbox, CancellationToken cancellation) =>
        api.GetAsync<ModelView>(Reading.At(ModelRoutes.Model, mailbox), cancellation);

    public static Task<Answer<IReadOnlyList<LessonView>>> LessonsAsync(this ApiClient api, long mailbox, CancellationToken cancellation) =>
        api.GetAsync<IReadOnlyList<LessonView>>(Reading.At(ModelRoutes.Lessons, mailbox), cancellation);

    public static Task<Answer<IReadOnlyList<DriftView>>> DriftAsync(this ApiClient api, long mailbox, CancellationToken cancellation) =>
        api.GetAsync<IReadOnlyList<DriftView>>(Reading.At(ModelRoutes.Drift, mailbox), cancellation);

    public static Task<Answer<IReadOnlyList<RiskBudgetView>>> RiskAsync(this ApiClient api, long mailbox, CancellationToken cancellation) =>
        api.GetAsync<IReadOnlyList<RiskBudgetView>>(Reading.At(ModelRoutes.Risk, mailbox), cancellation);

    public static Task<Answer<ModelView>> RollBackAsync(this ApiClient api, long mailbox, int revision, int number, bool pin, ModelTopic? topic, CancellationToken cancellation) =>
        api.SendAsync<ModelView>(HttpMethod.Post, At(ModelRoutes.RollBack, mailbox, topic), new RollBackModel(number, pin), revision, cancellation);

    public static Task<Answer<ModelView>> PinAsync(this ApiClient api, long mailbox, int revision, bool pin, ModelTopic? topic, CancellationToken cancellation) =>
        api.SendAsync<ModelView>(HttpMethod.Post, At(pin ? ModelRoutes.Pin : ModelRoutes.Unpin, mailbox, topic), null, revision, cancellation);

    public static Task<Answer<ModelView>> RetrainAsync(this ApiClient api, long mailbox, int revision, ModelTopic? topic, CancellationToken cancellation) =>
        api.SendAsync<ModelView>(HttpMethod.Post, At(ModelRoutes.Retrain, mailbox, topic), null, revision, cancellation);

    public static Task<Answer<Done>> UndoLessonAsync(this ApiClient api, long lesson, CancellationToken cancellation) =>
        api.SendAsync<Done>(HttpMethod.Post, Reading.At(ModelRoutes.LessonUndo, lesson), null, null, cancellation);

    public static Task<Answer<IReadOnlyList<RiskBudgetView>>> SaveRiskAsync(this ApiClient api, long mailbox, int version, SaveRiskBudget budget, CancellationToken cancellation) =>
        api.SendAsync<IReadOnlyList<RiskBudgetView>>(HttpMethod.Put, Reading.At(ModelRoutes.Risk, mailbox), budget, version, cancellation);

    public static Task<Answer<MessageDetail>> PrioritizeAsync(this ApiClient api, long message, int priority, CancellationToken cancellation) =>
        api.SendAsync<MessageDetail>(HttpMethod.Post, Reading.At(ModelRoutes.MessagePriority, message), new CorrectPriority(priority), null, cancellation);

    public static Task<Answer<IReadOnlyList<AssessmentView>>> AssessmentsAsync(this ApiClient api, AssessmentKind kind, CancellationToken cancellation) =>
        api.GetAsync<IReadOnlyList<AssessmentView>>($"{Reading.Plain(ModelRoutes.Assessments)}?kind={kind}", cancellation);

    public static Task<Answer<AssessmentView>> AssessmentAsync(this ApiClient api, long id, CancellationToken cancellation) =>
        api.GetAsync<AssessmentView>(Reading.At(ModelRoutes.Assessment, id), cancellation);

    public static Task<Answer<IReadOnlyList<DecisionChange>>> ChangesAsync(this ApiClient api, long id, int skip, int take, CancellationToken cancellation) =>
        api.GetAsync<IReadOnlyList<DecisionChange>>(string.Create(CultureInfo.InvariantCulture, $"{Reading.At(ModelRoutes.AssessmentChanges, id)}?skip={skip}&take={take}"), cancellation);

    public static Task<Answer<AssessmentView>> StartReplayAsync(this ApiClient api, StartReplay replay, CancellationToken cancellation) =>
        api.SendAsync<AssessmentView>(HttpMethod.Post, Reading.Plain(ModelRoutes.Replays), replay, null, cancellation);

    private static string At(string route, long mailbox, ModelTopic? topic) => Reading.At(route, mailbox) + (topic is { } named ? $"?topic={named}" : "");
}
