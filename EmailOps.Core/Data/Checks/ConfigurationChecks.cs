using EmailOps.Core.Contracts;
using EmailOps.Core.Mailboxes.Checking;
using Microsoft.Extensions.Logging;

namespace EmailOps.Core.Data.Checks;

/// <summary>All checks of the configuration at once. One round serves everybody who asks meanwhile or soon after: the servers behind it see few sign-ins.</summary>
internal sealed class ConfigurationChecks(IEnumerable<IConfigurationCheck> checks, TimeProvider clock, ILogger<ConfigurationChecks> log) : IDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30), s_keep = TimeSpan.FromSeconds(10);
    /// <summary>What runbooks ask for by name, whether this installation uses it or not.</summary>
    private static readonly (string Name, string Nothing)[] s_always = [("m365", "No mailbox of this installation is read through Microsoft 365."), ("teams", "No escalation of this installation goes to Teams.")];
    private readonly SemaphoreSlim _turn = new(1, 1);
    private ValidationReport? _last;

    public async Task<ValidationReport> RunAsync(CancellationToken cancel)
    {
        await _turn.WaitAsync(cancel);
        try
        {
            if (_last is { } last && clock.GetUtcNow() - last.CheckedAt < s_keep) return last;
            var latest = checks.GroupBy(c => c.Name, StringComparer.Ordinal).Select(g => g.Last()).ToArray();
            var done = await Task.WhenAll(latest.Select(async c => (c.Name, View: await LimitedAsync(c, cancel))));
            var views = done.ToDictionary(d => d.Name, d => d.View, StringComparer.Ordinal);
            foreach (var (name, nothing) in s_always) views.TryAdd(name, new ValidationView(ValidationView.NotConfigured, nothing));
            return _last = new ValidationReport(views.Values.All(v => v.Status != ValidationView.Invalid), clock.GetUtcNow(), views);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<ValidationView> LimitedAsync(IConfigurationCheck check, CancellationToken cancel)
    {
        var began = clock.GetTimestamp();
        using var limit = new CancellationTokenSource(s_limit, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancel);
        try
        {
            return (await check.CheckAsync(both.Token)) with { DurationMs = Math.Round(clock.GetElapsedTime(began).TotalMilliseconds, 1) };
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return new ValidationView(ValidationView.Invalid, $"It did not answer within {s_limit.TotalSeconds:0} s.", "Check the address, the network between, and whether the server is overloaded.", null, clock.GetElapsedTime(began).TotalMilliseconds);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            // One check that fails in a way nobody foresaw must not hide what the others found.
            DataLog.CheckFailed(log, failure, check.Name);
            return new ValidationView(ValidationView.Invalid, $"The check itself failed: {failure.GetType().Name}.", "See the log of this process.", null, clock.GetElapsedTime(began).TotalMilliseconds);
        }
    }

    public void Dispose() => _turn.Dispose();
}
