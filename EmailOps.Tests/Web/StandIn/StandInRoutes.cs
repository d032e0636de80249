using System.Text;
using EmailOps.Core.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace EmailOps.Tests.Web.StandIn;

internal static class StandInRoutes
{
    public static void Map(IEndpointRouteBuilder app, StandInApi api)
    {
        app.MapGet(Routes.Messages, (DecisionKind? decision, string? category, int? priority, string? language, string? q, bool? untriaged, string? cursor, int? take) =>
        {
            var under = api.Messages.Select(detail => detail.Message).Where(message =>
                (category is null || message.Category == category) && (priority is null || message.Priority >= priority) && (language is null || message.Language == language)
                && (q is null || $"{message.Subject} {message.From} {message.Summary}".Contains(q, StringComparison.OrdinalIgnoreCase))).ToList();
            var start = cursor is null ? 0 : int.Parse(cursor, System.Globalization.CultureInfo.InvariantCulture);
            var found = under.Where(message => (decision is null || message.Decision == decision) && (untriaged is not true || message.Decision is null)).ToList();
            var items = found.Skip(start).Take(take ?? 50).ToList();
            var next = start + items.Count < found.Count ? $"{start + items.Count}" : null;
            var counts = under.Where(message => message.Decision is not null).GroupBy(message => message.Decision!.Value).ToDictionary(group => group.Key, group => group.LongCount());
            return new MessagePage(items, next, counts, under.Count(message => message.Decision is null));
        });
        app.MapGet(Routes.Message, (long id) => api.Messages.FirstOrDefault(detail => detail.Message.Id == id) is { } found ? Results.Ok(found) : Missing());
        app.MapGet(Routes.MessageRaw, (long id) => Results.Bytes(Encoding.UTF8.GetBytes("From: a@example.test\r\n\r\nHello"), "message/rfc822"));
        app.MapGet(Routes.MessageHtml, (long id) => Results.Text(api.Html, "text/html", Encoding.UTF8));
        app.MapGet(Routes.Attachment, (long id, int index) => Results.Bytes(new byte[] { 1, 2, 3 }, "text/html", index == 0 ? "bank-statement.pdf" : "../../evil\".exe"));
        app.MapPost(Routes.MessageCategory, (long id, CorrectCategory body) => api.Change(detail => detail.Message.Id == id,
            detail => detail with { Message = detail.Message with { Category = body.Category, CategoryCorrected = true } }) is { } changed ? Results.Ok(changed) : Missing());
        app.MapPost(Routes.MessageRetriage, (long id) => Results.Accepted());

        app.MapPut(Routes.Draft, (long id, EditDraft body, HttpRequest request) => Decide(api, request, id, draft => draft with { Body = body.Body, ProposedBody = draft.ProposedBody ?? draft.Body }));
        app.MapPost(Routes.DraftApprove, (long id, ApproveDraft body, HttpRequest request) => Decide(api, request, id, draft => draft with { State = DraftState.Approved, Body = body.Body ?? draft.Body }));
        app.MapPost(Routes.DraftReject, (long id, RejectDraft body, HttpRequest request) => Decide(api, request, id, draft => draft with { State = DraftState.Rejected }));
        app.MapPost(Routes.DraftReopen, (long id, HttpRequest request) => Decide(api, request, id, draft => draft with { State = DraftState.Proposed }));

        app.MapGet(Routes.Outbound, (OutboundState? state) => api.Messages.Where(detail => detail.Outbound is not null).Select(detail => detail.Outbound!).Concat(api.Outbox.Replies).Where(reply => state is null || reply.State == state).ToList());
        api.Outbox.Map(app);
        api.Operations.Map(app);
        api.Analytics.Map(app);
        api.Access.Map(app);
        api.Alerts.Map(app);
        app.MapGet(Routes.Imports, () => api.Imports);
        app.MapPost(Routes.Imports, async (HttpRequest request) =>
        {
            var form = await request.ReadFormAsync();
            return new[] { api.Add(new ImportView { Id = api.Imports.Count + 1, Source = string.Join(", ", form.Files.Select(file => file.FileName)), StartedAt = StandInMail.Now, FinishedAt = StandInMail.Now.AddSeconds(2), Stored = form.Files.Count, Duplicates = 1, Unparsable = 0, Refused = 0 }) };
        });
        app.MapGet(Routes.Intake, (IntakeOutcome? outcome) => new IntakePage([.. Ledger.Where(line => outcome is null || line.Outcome == outcome)], null));
        app.MapGet(Routes.IntakeRaw, (long id) => Results.Bytes(new byte[] { 70, 71 }, "application/octet-stream"));
        app.MapPost(Routes.IntakeRetry, (long id, bool? force) => Ledger.FirstOrDefault(line => line.Id == id) is { } line ? Results.Ok(line with { Outcome = IntakeOutcome.Stored, Reason = "Read again" }) : Missing());
        app.MapGet(Routes.DeadLetters, () => new[] { new DeadLetterView(5, "Triage", 10, "Re: Exchange for a larger size", 5, "The agent 'category' failed: the model file is missing.", StandInMail.Now.AddHours(-3)) });
        app.MapPost(Routes.DeadLetterRetry, (long id) => Results.Accepted());
        app.MapGet(Routes.Mailboxes, () => new[] { new MailboxView(1, "support@nordlicht.example.test", "Support", false, api.Messages.Count, api.Messages.Count(detail => detail.Message.Decision is DecisionKind.HoldForReview or DecisionKind.Suggest or DecisionKind.Escalate), StandInMail.Now) });
        StandInMailboxes.Map(app);
        api.Models.Map(app);
        api.Schedule.Map(app);
        api.Learned.Map(app);
        app.MapGet(Routes.Categories, () => StandInMail.Categories);
        app.MapGet(Routes.Articles, (string? q) => Articles.Where(article => q is null || article.Title.Contains(q, StringComparison.OrdinalIgnoreCase)));
        app.MapGet(Routes.Article, (long id) => Articles.FirstOrDefault(article => article.Id == id) is { } article
            ? Results.Ok(new ArticleDetail(article, "# x", "<p>We open an enquiry with the carrier when tracking shows <strong>no movement for seven days</strong>.</p><h2>No movement for a week</h2><ol><li>Note the tracking number.</li><li>Open an enquiry.</li></ol><p>See <a href=\"https://example.test\">the carrier</a>.</p>")) : Missing());
        app.MapGet(Routes.ProcessStatus, () => new ProcessStatus
        {
            EmailsProcessedToday = 64, CurrentQueueSize = 3, DeadLetters = 1, ProcessingStats = new ProcessingStats { SuccessRate = 0.984, AverageProcessingTime = 0.42 },
            Operations = api.Operations.View,
            Stages = [new("Intake", 0, 0, 0, null), new("Triage", 2, 1, 0, 1.4), new("Policy", 0, 0, 0, null), new("Delivery", 0, 0, 1, null)],
            Workers =
            [
                new(Guid.Parse("01000000-0000-0000-0000-000000000001"), "worker-a", 7, "0.1.0", StandInMail.Now.AddHours(-5), StandInMail.Now, false, 2, [new("Triage", 3, 1200, 1), new("Policy", 0, 1190, 0)]),
                new(Guid.Parse("01000000-0000-0000-0000-000000000002"), "worker-<b>", 9, "0.1.0", StandInMail.Now.AddHours(-1), StandInMail.Now, true, 0, []),
            ],
        });
        app.MapPost(Routes.ProcessTrigger, () => Results.Accepted());
        app.MapGet(Routes.HealthDetailed, () => new HealthReportView("Degraded", new Dictionary<string, ComponentHealth>
        {
            ["database"] = new("Healthy", "PostgreSQL 17.11, 3 of 20 connections", 0.8), ["model"] = new("Healthy", "built-in 3, 1,912 examples"), ["llm_service"] = new("Degraded", "No language model is set up; the built-in model does all the work"),
        }, "0.1.0", 4211));
        app.MapGet(Routes.Events, (CancellationToken cancellation) => Results.ServerSentEvents(Live(api, cancellation)));
    }

    public static IReadOnlyList<IntakeView> Ledger { get; } =
    [
        new(1, "samples/mailbox/001.eml", IntakeOutcome.Stored, "New message", 1, 4213, true, StandInMail.Now.AddMinutes(-5)),
        new(2, "samples/mailbox/001-again.eml", IntakeOutcome.Duplicate, "Same content and Message-ID as message 1", 1, 4213, true, StandInMail.Now.AddMinutes(-5)),
        new(3, "samples/mailbox/broken.eml", IntakeOutcome.Unparsable, "No header was found in the first 64 kB", 12, 812, true, StandInMail.Now.AddMinutes(-4)),
        new(4, "big.mbox#17", IntakeOutcome.Refused, "210 MB is over the limit of 50 MB (EMAILOPS_MAX_MESSAGE_MB)", null, 210_000_000, false, StandInMail.Now.AddMinutes(-4)),
    ];

    private static readonly ArticleView[] Articles =
    [
        new(1, "returns", "How to return something", "en", "returns", StandInMail.Now.AddDays(-4)), new(2, "sizes", "Finding the right size", "en", "exchange-sizing", StandInMail.Now.AddDays(-12)),
        new(3, "parcel-lost", "When a parcel does not arrive", "en", "shipping", StandInMail.Now.AddDays(-2)), new(4, "ruecksendung", "So senden Sie etwas zurück", "de", "returns", StandInMail.Now.AddDays(-30)),
    ];

    private static IResult Missing() => Results.Problem("There is no such thing here.", statusCode: 404, title: "Not found");

    private static IResult Decide(StandInApi api, HttpRequest request, long draftId, Func<DraftView, DraftView> change)
    {
        var current = api.Messages.FirstOrDefault(detail => detail.Draft?.Id == draftId)?.Draft;
        if (current is null)
            return Missing();
        if (request.Headers.IfMatch != $"\"{current.Version}\"")
            return Results.Problem("Somebody changed this draft after you opened it.", statusCode: 412, title: "Somebody was faster");
        var by = request.Headers["X-Operator"].ToString();
        var changed = api.Change(detail => detail.Draft?.Id == draftId, detail =>
        {
            var draft = change(detail.Draft!) with { Version = current.Version + 1, DecidedBy = by, DecidedAt = StandInMail.Now };
            return detail with
            {
                Draft = draft,
                Message = detail.Message with { Draft = draft.State },
                Outbound = draft.State == DraftState.Approved ? new OutboundView(draft.Id, detail.Message.Id, detail.Message.From.Address, "Re: " + detail.Message.Subject, draft.Body, OutboundState.Withheld, "The mailbox has no transport.", StandInMail.Now, null) : null,
                History = [.. detail.History, new AuditView(StandInMail.Now, by, draft.State.ToString().ToLowerInvariant(), $"Draft version {draft.Version}")],
            };
        });
        return Results.Ok(changed!.Draft);
    }

    private static async IAsyncEnumerable<System.Net.ServerSentEvents.SseItem<LiveEvent>> Live(StandInApi api, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        yield return new System.Net.ServerSentEvents.SseItem<LiveEvent>(new LiveEvent("hello", 0), "hello");
        await foreach (var item in api.Events.Reader.ReadAllAsync(cancellation))
            yield return new System.Net.ServerSentEvents.SseItem<LiveEvent>(item, item.Kind);
    }
}
