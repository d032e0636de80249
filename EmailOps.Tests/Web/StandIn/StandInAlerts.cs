using EmailOps.Core.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace EmailOps.Tests.Web.StandIn;

/// <summary>Alerts as the real Api tells them.</summary>
internal sealed class StandInAlerts
{
    public List<AlertView> Firing { get; } = [];

    public string? MonitorProblem { get; set; }

    public List<SilenceAlert> Silenced { get; } = [];

    public static AlertView Make(long id, string name, AlertSeverity severity, string message, string page) => new(severity, "Processing Queue", message, new Dictionary<string, string> { ["value"] = "250", ["threshold"] = "> 100" },
        id, name, "", AlertState.Firing, StandInMail.Now.AddMinutes(-9), StandInMail.Now.AddMinutes(-4), null, page);

    public void Map(IEndpointRouteBuilder app)
    {
        app.MapGet(AlertRoutes.All, (string? state) => new AlertsView(state == "history" ? [] : Firing, StandInMail.Now, MonitorProblem));
        app.MapGet(AlertRoutes.Rules, () => new[] { new AlertRuleView("EmailQueueBacklog", AlertSeverity.Critical, "Processing Queue", "QueueSize > 100", 100, TimeSpan.FromMinutes(5), "queue-growing", true) });
        app.MapGet(AlertRoutes.Silences, () => Silenced.Select((s, i) => new AlertSilenceView(i + 1, s.Name, s.Subject, StandInMail.Now.AddMinutes(s.Minutes), "Mara Ek", s.Reason)));
        app.MapPost(AlertRoutes.Silences, (SilenceAlert silence) =>
        {
            Silenced.Add(silence);
            return Results.Created(AlertRoutes.Silences, new AlertSilenceView(Silenced.Count, silence.Name, silence.Subject, StandInMail.Now, "Mara Ek", silence.Reason));
        });
        app.MapPost(AlertRoutes.Acknowledge, (long id, HttpRequest request) =>
        {
            var at = Firing.FindIndex(a => a.Id == id);
            return at < 0 ? Results.Problem(statusCode: 404) : Results.Ok(Firing[at] = Firing[at] with { AcknowledgedAt = StandInMail.Now, AcknowledgedBy = request.Headers["X-Operator"] });
        });
    }
}
