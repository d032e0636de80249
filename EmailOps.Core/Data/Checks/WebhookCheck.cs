using EmailOps.Core.Contracts;
using EmailOps.Core.LanguageModels;
using EmailOps.Core.Mailboxes.Checking;
using Microsoft.Extensions.Configuration;

namespace EmailOps.Core.Data.Checks;

/// <summary>Where alerts are posted to: the server is asked with HEAD, so that nothing is posted. Any answer of an HTTP server will do, since few webhooks allow HEAD.</summary>
internal sealed class WebhookCheck(IConfiguration configuration, ModelHttp http) : IConfigurationCheck
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
        if (!Uri.TryCreate(text, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
            return new(key, ValidationView.Invalid, "It is no address that begins with http:// or https://.", "Correct ALERT_WEBHOOK_URL.");
        // Without path and query: the secret of a webhook is often a part of its path.
        var where = address.GetLeftPart(UriPartial.Authority);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Head, address);
            using var answer = await http.For(address).SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
            return (int)answer.StatusCode switch
            {
                >= 500 => new(key, ValidationView.Warning, $"{where} answers {(int)answer.StatusCode}.", "Ask those who run it; alerts are posted all the same."),
                401 or 403 or 404 or 410 => new(key, ValidationView.Warning, $"{where} answers {(int)answer.StatusCode} to HEAD.", "Check that the address is still the right one; some servers say this to HEAD only."),
                var status => new(key, ValidationView.Valid, $"{where} answers ({status})."),
            };
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException)
        {
            return new(key, ValidationView.Invalid, $"{where} cannot be reached: {failure.Message}", "Check the address, the name server, and that this machine may connect there.");
        }
    }
}
