using EmailOps.Core.Contracts;

namespace EmailOps.Core.Data.Checks;

/// <summary>
/// Everything at once, for <c>emailops doctor</c>, the Api and the console: what this machine and the database tell, and what <see cref="ConfigurationChecks"/> finds
/// out by contacting every server that the settings name. The database is asked first: without it most others would only say the same once more.
/// </summary>
internal sealed class Examination(IEnumerable<ILocalCheck> checks, ConfigurationChecks servers, TimeProvider clock)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    /// <summary>Those that have a twin of ours: without them EmailOps works, only slower or less well.</summary>
    private static readonly string[] Dispensable = ["llm_service", "redis", "webhooks"];

    public async Task<CheckReport> RunAsync(CancellationToken cancel)
    {
        var found = new List<CheckView>();
        foreach (var check in checks.OfType<SchemaCheck>()) found.AddRange(await LimitedAsync(check, cancel));
        var isAway = found.Any(v => v is { Name: SchemaCheck.Connection, State: CheckState.Failed });
        var rest = Task.WhenAll(checks.Where(c => c is not SchemaCheck).Select(c => isAway && c.NeedsDatabase
            ? Task.FromResult<IReadOnlyList<CheckView>>([c.Skipped(c.Area, "It needs the database, which does not answer.")])
            : LimitedAsync(c, cancel)));
        List<CheckView> contacted = isAway ? [new("servers", "servers", CheckState.Skipped, "Mailboxes and other servers are in the database, which does not answer.")] : Views(await servers.RunAsync(cancel));
        found.AddRange(contacted);
        found.AddRange((await rest).SelectMany(v => v));
        return CheckReport.Of(clock.GetUtcNow(), [.. found.GroupBy(v => v.Area).SelectMany(g => g)]);
    }

    private static List<CheckView> Views(ValidationReport report) =>
    [
        .. report.Validations.SelectMany(v => (v.Value.Parts is { Count: > 0 } parts ? parts.Select(p => new CheckView(v.Key, p.Name, State(v.Key, p.Status), p.Detail, p.Fix))
            : [new CheckView(v.Key, v.Key, State(v.Key, v.Value.Status), v.Value.Detail, v.Value.Fix)])),
    ];

    private static CheckState State(string area, string status) => status switch
    {
        ValidationView.Valid => CheckState.Ok,
        ValidationView.NotConfigured => CheckState.Skipped,
        ValidationView.Invalid when !Dispensable.Contains(area) => CheckState.Failed,
        _ => CheckState.Warning,
    };

    private async Task<IReadOnlyList<CheckView>> LimitedAsync(ILocalCheck check, CancellationToken cancel)
    {
        using var limit = new CancellationTokenSource(Limit, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancel);
        try
        {
            return await check.RunAsync(both.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return [check.Failed(check.Area, $"Gave up after {Limit.TotalSeconds:0} s.", "Run it again; if it stays, what it asks is overloaded or unreachable.")];
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            // Whatever it is belongs into the report: a doctor who dies of the illness helps nobody.
            return [check.Failed(check.Area, StoreFailures.Explain(failure) ?? $"{failure.GetType().Name}: {failure.Message}", "If this says nothing to you, look into the log and report it with this text.")];
        }
    }
}
