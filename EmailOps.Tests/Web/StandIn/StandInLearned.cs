using EmailOps.Core.Contracts;
using EmailOps.Core.Learning;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace EmailOps.Tests.Web.StandIn;

/// <summary>A model with two versions, one of them refused; a budget with a curve; drift; an evaluation under way and a replay that failed. Empty until it is filled.</summary>
internal sealed class StandInLearned
{
    private bool _isFull;

    public int Revision { get; private set; } = 4;
    public List<string> Orders { get; } = [];

    public void Fill() => _isFull = true;

    public void Map(IEndpointRouteBuilder app)
    {
        app.MapGet(ModelRoutes.Model, (long id) => Model(id));
        app.MapPost(ModelRoutes.RollBack, (long id, RollBackModel order, HttpRequest request) => Write(request, $"rollback {order.Number} {order.Pin}", id));
        app.MapPost(ModelRoutes.Pin, (long id, HttpRequest request) => Write(request, "pin", id));
        app.MapPost(ModelRoutes.Unpin, (long id, HttpRequest request) => Write(request, "unpin", id));
        app.MapPost(ModelRoutes.Retrain, (long id, HttpRequest request) => Write(request, "retrain", id));
        app.MapGet(ModelRoutes.Lessons, () => _isFull ? [new LessonView(3, 10, "Where is <b>my</b> parcel", "Category", "complaint → shipping", "Olga", StandInMail.Now, 2, null, null), new LessonView(2, 10, "", "Approved", "shipping", "Omar", StandInMail.Now, null, null, null)] : Array.Empty<LessonView>());
        app.MapPost(ModelRoutes.LessonUndo, (long id) =>
        {
            Orders.Add($"undo {id}");
            return Results.NoContent();
        });
        app.MapGet(ModelRoutes.Drift, () => _isFull
            ? [new DriftView(1, StandInMail.Now, 900, 240, [new("category", 0.41, 0.06, true), new("language", 0.02, 0.05, false), new("length", 0.01, 0.04, false), new("words", 0.1, 0.2, false), new("confidence", 0.3, 0.07, true)], new(0.02, 0.12, true), new(0.05, 0.06, false), ["The mix of categories has changed (stability index 0.41)."])]
            : Array.Empty<DriftView>());
        app.MapGet(ModelRoutes.Risk, () => Risk());
        app.MapPut(ModelRoutes.Risk, (long id, SaveRiskBudget budget) =>
        {
            Orders.Add($"risk {budget.Category} {budget.MostWrong} {budget.Doubt}");
            return Risk();
        });
        app.MapGet(ModelRoutes.Assessments, (AssessmentKind kind) => _isFull ? [One(7, kind)] : Array.Empty<AssessmentView>());
        app.MapGet(ModelRoutes.Assessment, (long id) => id == 7 ? Results.Ok(One(id, AssessmentKind.Evaluation)) : id == 9 ? Results.Ok(Asked(id)) : Results.Problem("There is no assessment.", statusCode: 404, title: "Not found"));
        app.MapPost(ModelRoutes.Replays, (StartReplay start) =>
        {
            Orders.Add($"replay {start.Days} {start.Bands} {start.Risk} {start.AskModel} {start.Most} {string.Join(",", start.Prompts?.Select(p => $"{p.Key}={p.Value}") ?? [])}".TrimEnd());
            return Results.Accepted(null, One(8, AssessmentKind.Replay));
        });
    }

    private IResult Write(HttpRequest request, string order, long id)
    {
        if (request.Headers.IfMatch.ToString() != $"\"{Revision}\"") return Results.Problem("Somebody changed it.", statusCode: 412, title: "Changed meanwhile");
        Orders.Add(order);
        Revision++;
        return Results.Ok(Model(id));
    }

    private static AssessmentView One(long id, AssessmentKind kind) => kind == AssessmentKind.Evaluation
        ? new(id, kind, null, new AssessmentAsked("labelled.csv"), "Olga", StandInMail.Now, 120, 400, null, null, null, null)
        : new(id, kind, 1, new AssessmentAsked(Days: 7, Bands: "90/70/50"), "Olga", StandInMail.Now, 0, 0, StandInMail.Now, "The model has no version 9.", null, null);

    private static AssessmentView Asked(long id) => new(id, AssessmentKind.Replay, 1, new AssessmentAsked(Days: 3, Most: 20, Prompts: ["judge/2-1a2b3c4d"]), "Olga", StandInMail.Now, 900, 900, StandInMail.Now, null, null,
        new ReplayResult("base", "base", 900, 0, 0, 0, [], 41.5, null, new ReplayAsking(["judge/2-1a2b3c4d"], 28, 20, 2, 3, 4, [new ReplayLeft("<b>nobody</b> answers", 8, [11, 12, 13, 14, 15, 16])], 31, 9, 12_400, 800, 0.0213m)));

    private ModelView Model(long id)
    {
        if (!_isFull) return new ModelView(id, "support@nordlicht.example.test", 0, "base", false, 0, 0, null, Revision, []);
        var (before, after) = (new ScoreView(30, 27, 0.9, 0.88, 0.05, [], []), new ScoreView(30, 29, 0.967, 0.95, 0.03, [], []));
        return new ModelView(id, "support@nordlicht.example.test", 1, "base+1.1", false, 2, 30, null, Revision,
        [
            new ModelVersionView(2, 1, ModelVersionKind.Taught, "base", 1, after, before, [new ModelChange(10, "shipping", "shipping", "complaint")], false, "It would get 2 more of the 29 texts wrong that people decided before.", "Olga", StandInMail.Now, 0.03, false, new Dictionary<string, int>(), new Dictionary<string, double>()),
            new ModelVersionView(1, null, ModelVersionKind.Trained, "base", 12, before, after, [new ModelChange(11, "shipping", "complaint", "shipping")], true, "Right on 28 of 29 texts decided before (was 27).", "Omar", StandInMail.Now.AddDays(-1), 2.1, true, new Dictionary<string, int> { ["shipping"] = 2 }, new Dictionary<string, double> { ["shipping"] = 0.9 }),
        ]);
    }

    private RiskBudgetView[] Risk()
    {
        if (!_isFull) return [new RiskBudgetView(1, "", 0, 0.1, "None", null, 0, 0, "There is no budget; the bands hold. 0 outcomes are known.", null, 0, [])];
        var random = new Random(4);
        List<Outcome> outcomes = [.. Enumerable.Range(0, 900).Select(_ => 100 * Math.Sqrt(random.NextDouble())).Select(c => new Outcome(c, random.NextDouble() > 0.7 * Math.Pow(1 - c / 100, 1.5)))];
        var found = RiskControl.Find(outcomes, 0.05, 0.1, 85);
        var curve = RiskControl.Curve(outcomes, 0.1).Select(p => new RiskCurvePoint(p.Threshold, p.Kept, p.Coverage, p.Error, p.Upper)).ToArray();
        return
        [
            new RiskBudgetView(1, "", 0.05, 0.1, "Set", found.Threshold, 0, 900, $"From confidence {found.Threshold:0} on at most 5 % of answers are wrong, as 900 outcomes show.", StandInMail.Now, 3, curve),
            new RiskBudgetView(1, "complaint", 0.01, 0.05, "Waiting", null, 140, 12, "The bands hold: 140 more right outcomes are needed.", StandInMail.Now, 1, curve),
        ];
    }
}
