using EmailOps.Core.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace EmailOps.Tests.Web.StandIn;

/// <summary>Orders to the whole installation, as the real Api keeps them.</summary>
internal sealed class StandInOperations
{
    public OperationsView View { get; set; } = new();

    public IReadOnlyList<CheckView> Checks { get; set; } = [];

    public int SamplesLoaded { get; private set; }

    public void Map(IEndpointRouteBuilder app)
    {
        app.MapGet(OperationRoutes.All, () => View);
        app.MapGet(CheckRoutes.All, () => CheckReport.Of(StandInMail.Now, Checks));
        app.MapPost(OperationRoutes.Pause, (StandingOrder? order, HttpRequest request) => View = View with { Paused = new StandingOrderView(StandInMail.Now, request.Headers["X-Operator"].ToString(), order?.Reason), HeldAnswers = 3 });
        app.MapPost(OperationRoutes.Resume, () => View = View with { Paused = null, HeldAnswers = 0 });
        app.MapPost(OperationRoutes.Drain, (StandingOrder? order, HttpRequest request) => View = View with { Draining = new StandingOrderView(StandInMail.Now, request.Headers["X-Operator"].ToString(), order?.Reason), InHand = 1 });
        app.MapPost(OperationRoutes.Samples, () =>
        {
            SamplesLoaded++;
            return new ImportView { Id = 1, Source = "Sample mailbox", StartedAt = StandInMail.Now, FinishedAt = StandInMail.Now, Stored = 3, Duplicates = 0, Unparsable = 0, Refused = 0 };
        });
        app.MapPost(OperationRoutes.WorkersResume, () => View = View with { Draining = null, InHand = 0 });
    }
}
