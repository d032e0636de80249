using System.Globalization;
using System.Text;
using System.Text.Json;
using EmailOps.Api.Keys;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data.Escalations;
using EmailOps.Core.Escalations.Channels;
using EmailOps.Core.Mailboxes;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.WebUtilities;

namespace EmailOps.Api.Escalations;

/// <summary>
/// What Slack and PagerDuty tell us. Open to everybody, believed by signature only: an unsigned, wrongly signed or old call gets 401 and nothing more, whichever channels there are.
/// Told twice, the second changes nothing.
/// </summary>
internal static class HookEndpoints
{
    private const int MostBytes = 256 * 1024, LongestName = 80;

    public static void MapHooks(this IEndpointRouteBuilder app)
    {
        app.MapPost(ChannelRoutes.SlackHook, Slack).WithTags("Escalations").Anyone();
        app.MapPost(ChannelRoutes.PagerDutyHook, PagerDuty).WithTags("Escalations").Anyone();
    }

    private static async Task<Results<Ok, UnauthorizedHttpResult, BadRequest>> Slack(long id, HttpContext context, ChannelStore store, EscalationPeople people, TimeProvider clock, CancellationToken cancel)
    {
        if (await BodyAsync(context, cancel) is not { } body || await OpenAsync(id, ChannelKind.Slack, store, cancel) is not { SigningSecret: { } secret }
            || !HookSignatures.IsSlack(secret, context.Request.Headers["X-Slack-Request-Timestamp"], context.Request.Headers["X-Slack-Signature"], body, clock.GetUtcNow())) return TypedResults.Unauthorized();
        // application/x-www-form-urlencoded: payload=JSON.
        if (QueryHelpers.ParseQuery(Encoding.UTF8.GetString(body)).TryGetValue("payload", out var payload) is false || ChannelAnswer.Json(payload.ToString()) is not { } json) return TypedResults.BadRequest();
        if (!json.TryGetProperty("actions", out var actions) || actions.ValueKind != JsonValueKind.Array || actions.GetArrayLength() == 0) return TypedResults.Ok();
        var (action, value) = (actions[0].Text("action_id"), actions[0].Text("value"));
        if (!long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var escalation)) return TypedResults.Ok();
        var actor = $"{Name(json.Text("user", "name") ?? json.Text("user", "username") ?? json.Text("user", "id"))} (Slack)";
        // Whoever comes too late sees it in the thread: what stands there was told before.
        if (action == SlackChannel.ClaimAction) await people.ClaimAsync(escalation, actor, cancel);
        else if (action == SlackChannel.ResolveAction) await people.ResolveAsync(escalation, actor, null, cancel);
        return TypedResults.Ok();
    }

    private static async Task<Results<Ok, UnauthorizedHttpResult, BadRequest>> PagerDuty(long id, HttpContext context, ChannelStore store, EscalationPeople people, EscalationKey key, CancellationToken cancel)
    {
        if (await BodyAsync(context, cancel) is not { } body || await OpenAsync(id, ChannelKind.PagerDuty, store, cancel) is not { SigningSecret: { } secret }
            || !HookSignatures.IsPagerDuty(secret, context.Request.Headers["X-PagerDuty-Signature"], body)) return TypedResults.Unauthorized();
        if (ChannelAnswer.Json(Encoding.UTF8.GetString(body)) is not { } json) return TypedResults.BadRequest();
        if (!json.TryGetProperty("event", out var happened) || happened.ValueKind != JsonValueKind.Object) return TypedResults.Ok();
        // The incident's key is the dedup_key that we gave; incidents of others' making are none of ours.
        var prefix = $"emailops-{(await key.TokenAsync(cancel)).Installation}-escalation-";
        if (happened.Text("data", "incident_key") is not { } given || !given.StartsWith(prefix, StringComparison.Ordinal) || !long.TryParse(given.AsSpan(prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var escalation)) return TypedResults.Ok();
        var actor = $"{Name(happened.Text("agent", "summary"))} (PagerDuty)";
        // Our own resolve comes back as well, without anybody's name; it finds the escalation settled.
        switch (happened.Text("event_type"))
        {
            case "incident.acknowledged": await people.ClaimAsync(escalation, actor, cancel); break;
            case "incident.unacknowledged": await people.ReleaseAsync(escalation, actor, cancel); break;
            case "incident.resolved": await people.ResolveAsync(escalation, actor, null, cancel); break;
        }
        return TypedResults.Ok();
    }

    private static async Task<OpenedChannel?> OpenAsync(long id, ChannelKind kind, ChannelStore store, CancellationToken cancel)
    {
        try
        {
            return await store.OpenAsync(id, cancel) is { } channel && channel.View.Kind == kind && channel.View.IsEnabled ? channel : null;
        }
        catch (SecretsKeyException)
        {
            return null; // nothing can be proved; the channel's own page says what is wrong
        }
    }

    private static async Task<byte[]?> BodyAsync(HttpContext context, CancellationToken cancel)
    {
        var buffer = new byte[MostBytes + 1];
        var read = await context.Request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancel);
        return read > MostBytes ? null : buffer[..read];
    }

    private static string Name(string? text) => string.Concat((text ?? "").Where(c => !char.IsControl(c))).Trim() is { Length: > 0 } name ? (name.Length <= LongestName ? name : name[..LongestName]) : "somebody";
}
