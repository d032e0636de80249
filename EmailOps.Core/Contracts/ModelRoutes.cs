namespace EmailOps.Core.Contracts;

/// <summary>The paths of the Api about what EmailOps learns; see <see cref="Routes"/> for what all of them have in common.</summary>
public static class ModelRoutes
{
    /// <summary>POST CorrectPriority -> MessageDetail.</summary>
    public const string MessagePriority = "/messages/{id:long}/priority";
    /// <summary>GET -> ModelView of a mailbox, with its history. Query, here and in the four below: topic (Categories, Labels; default Categories).</summary>
    public const string Model = "/models/{id:long}";
    /// <summary>POST RollBackModel (If-Match) -> ModelView: puts any version in force.</summary>
    public const string RollBack = "/models/{id:long}/rollback";
    /// <summary>POST (If-Match) -> ModelView: holds what is in force.</summary>
    public const string Pin = "/models/{id:long}/pin";
    /// <summary>POST (If-Match) -> ModelView: lets it learn again.</summary>
    public const string Unpin = "/models/{id:long}/unpin";
    /// <summary>POST (If-Match) -> 202 ModelView: trained anew by a worker; 409 while it is held.</summary>
    public const string Retrain = "/models/{id:long}/retrain";
    /// <summary>GET -> LessonView[] newest first. Query: take (1-500, default 100).</summary>
    public const string Lessons = "/models/{id:long}/lessons";
    /// <summary>POST -> 204: takes a correction of a category or a priority back.</summary>
    public const string LessonUndo = "/lessons/{id:long}/undo";
    /// <summary>GET -> RiskBudgetView[] with curves; PUT SaveRiskBudget (If-Match) -> RiskBudgetView[].</summary>
    public const string Risk = "/models/{id:long}/risk";
    /// <summary>GET -> DriftView[] newest first.</summary>
    public const string Drift = "/models/{id:long}/drift";
    /// <summary>GET -> AssessmentView[] newest first. Query: kind.</summary>
    public const string Assessments = "/assessments";
    /// <summary>GET -> AssessmentView.</summary>
    public const string Assessment = "/assessments/{id:long}";
    /// <summary>GET -> DecisionChange[] of a replay. Query: skip, take (1-1000, default 200).</summary>
    public const string AssessmentChanges = "/assessments/{id:long}/changes";
    /// <summary>POST multipart/form-data (file: CSV; mailbox, model: optional numbers; askModel: true asks the language model where triage would; most: rows it is asked about at most, 1-1000, default 50) -> 202 AssessmentView.</summary>
    public const string Evaluations = "/evaluations";
    /// <summary>POST StartReplay -> 202 AssessmentView.</summary>
    public const string Replays = "/replays";
}
