using EmailOps.Core.Contracts;
using EmailOps.Core.Mailboxes.Checking;
using EmailOps.Core.Outgoing;
using Microsoft.Extensions.Configuration;

namespace EmailOps.Core.Data.Checks;

/// <summary>Where alerts are posted to, by the way they go: the server is asked with HEAD, so that nothing is posted. Any answer of an HTTP server will do, since few webhooks allow HEAD.</summary>
internal sealed class WebhookCheck(IConfiguration configuration, OutgoingHttp http) : IConfigurationCheck
{
    private static readonly string[] s_targets = ["Alerts:WebhookUrl"];

    public string Name => "webhooks";

    /// <summary>Those that are addresses.</summary>
    public static IEnumerable<(string Key, Uri Address)> Targets(IConfiguration configuration)
    {
        foreach (var key in s_targets)
            if (Uri.TryCreate(configuration[key], UriKind.Absolute, out var address) && address.Scheme is "http" or "https") yield return (key, address);
    }

    public async Task<ValidationView> CheckAsync(CancellationToken cancel)
    {
        var targets = s_targets.Select(key => (Key: key, Address: configuration[key])).Where(t => !string.IsNullOrWhiteSpace(t.Address)).ToArray();
        if (targets.Length == 0) return new ValidationView(ValidationView.NotConfigured, "No webhook is set up (ALERT_WEBHOOK_URL).");
        var parts = await Task.WhenAll(targets.Select(t => PartAsync(t.Key, t.Address!, cancel)));
        return new ValidationView(ValidationView.WorstOf(parts), $"{parts.Count(p => p.Status == ValidationView.Valid)} of {parts.Length} answer.", Array.Find(parts, p => p.Fix is not null)?.Fix, parts);
    }

    private async Task<ValidationPart> PartAsync(string key, string text, CancellationToken cancel)
    {
        if (http.Problem(text) is { } problem) return new(key, ValidationView.Invalid, problem, "Correct ALERT_WEBHOOK_URL.");
        var answer = await http.SendAsync(new OutgoingRequest(new Uri(text)) { Method = HttpMethod.Head }, cancel);
        // Without the address: the secret of a webhook is often a part of its path.
        return answer switch
        {
            { Result: OutgoingResult.Refused or OutgoingResult.Unreachable or OutgoingResult.Lost } => new(key, ValidationView.Invalid, answer.Problem ?? "It does not answer.", "Check the address, the name server, and that this machine may connect there; a host of the house must be named in OUTGOING_ALLOW."),
            { Status: >= 500 } => new(key, ValidationView.Warning, $"It answers {answer.Status}.", "Ask those who run it; alerts are posted all the same."),
            { Status: 401 or 403 or 404 or 410 } => new(key, ValidationView.Warning, $"It answers {answer.Status} to HEAD.", "Check that the address is still the right one; some servers say this to HEAD only."),
            _ => new(key, ValidationView.Valid, $"It answers ({answer.Status})."),
        };
    }
}
