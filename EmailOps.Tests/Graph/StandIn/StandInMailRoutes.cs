using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace EmailOps.Tests.Graph.StandIn;

/// <summary>Reading mail: folders, delta queries, lists, one message and its MIME, changes.</summary>
internal static class StandInMailRoutes
{
    private static readonly string[] s_read = ["Mail.Read", "Mail.ReadWrite"], s_write = ["Mail.ReadWrite"];

    public static void Map(IEndpointRouteBuilder app, StandInGraph graph)
    {
        foreach (var root in new[] { "/v1.0/users/{user}", "/v1.0/me" })
        {
            app.MapGet(root + "/mailFolders", c => With(graph, c, s_read, (user, _) => FoldersAsync(graph, c, user)));
            app.MapGet(root + "/mailFolders/{folder}", c => With(graph, c, s_read, (user, _) => FolderAsync(c, user)));
            app.MapGet(root + "/mailFolders/{folder}/messages", c => With(graph, c, s_read, (user, _) => ListAsync(graph, c, user)));
            app.MapGet(root + "/mailFolders/{folder}/messages/delta", c => With(graph, c, s_read, (user, _) => DeltaAsync(graph, c, user)));
            app.MapGet(root + "/messages", c => With(graph, c, s_read, (user, _) => SearchAsync(c, user)));
            app.MapGet(root + "/messages/{id}", c => WithMail(graph, c, s_read, (_, mail) => c.Response.WriteAsJsonAsync(mail.View())));
            app.MapGet(root + "/messages/{id}/$value", c => WithMail(graph, c, s_read, async (_, mail) =>
            {
                c.Response.ContentType = "text/plain";
                await c.Response.Body.WriteAsync(mail.Raw);
            }));
            app.MapPatch(root + "/messages/{id}", c => WithMail(graph, c, s_write, (user, mail) => PatchAsync(c, user, mail)));
            app.MapPost(root + "/messages/{id}/move", c => WithMail(graph, c, s_write, (user, mail) => MoveAsync(c, user, mail)));
        }
    }

    /// <summary>Checks token, permission, access policy and mailbox, in Graph's order.</summary>
    public static async Task With(StandInGraph graph, HttpContext context, string[] anyOf, Func<StandInUser, StandInCaller, Task> then)
    {
        if (await graph.Login.CallerAsync(context) is not { } caller) return;
        var asked = context.Request.RouteValues["user"] as string ?? caller.User;
        var assigned = caller.IsApp && asked is not null && graph.Assigned.TryGetValue(asked.ToLowerInvariant(), out var given) && anyOf.Any(given.Contains);
        if (!caller.Has(anyOf) && !assigned) await StandInGraph.ErrorAsync(context, 403, "ErrorAccessDenied", "Access is denied. Check credentials and try again.");
        else if (asked is null) await StandInGraph.ErrorAsync(context, 400, "BadRequest", "/me request is only valid with delegated authentication flow.");
        else if (graph.Find(asked) is not { } user) await StandInGraph.ErrorAsync(context, 404, "ErrorInvalidUser", $"The requested user '{asked}' is invalid.");
        else if (caller.IsApp && graph.Denied.ContainsKey(user.Address)) await StandInGraph.ErrorAsync(context, 403, "ErrorAccessDenied", "Access to OData is disabled: [RAOP] : Blocked by tenant configured AppOnly AccessPolicy settings.");
        else if (!caller.IsApp && !user.Address.Equals(caller.User, StringComparison.OrdinalIgnoreCase)) await StandInGraph.ErrorAsync(context, 403, "ErrorAccessDenied", "Access is denied. Check credentials and try again.");
        else if (!user.HasMailbox) await StandInGraph.ErrorAsync(context, 404, "MailboxNotEnabledForRESTAPI", "The mailbox is either inactive, soft-deleted, or is hosted on-premise.");
        else await then(user, caller);
    }

    public static Task WithMail(StandInGraph graph, HttpContext context, string[] anyOf, Func<StandInUser, StandInMail, Task> then) => With(graph, context, anyOf, (user, _) =>
        user.Mail((string)context.Request.RouteValues["id"]!) is { } mail ? then(user, mail) : StandInGraph.ErrorAsync(context, 404, "ErrorItemNotFound", "The specified object was not found in the store."));

    private static Task FoldersAsync(StandInGraph graph, HttpContext context, StandInUser user)
    {
        var all = StandInUser.WellKnown.Select(w => (Id: user.FolderId(w)!, Name: w)).Concat(user.Folders.Select(f => (Id: f.Key, Name: f.Value))).ToList();
        var skip = int.TryParse(context.Request.Query["$skip"], out var s) ? s : 0;
        var top = int.TryParse(context.Request.Query["$top"], out var t) ? t : 10;
        var page = new Dictionary<string, object> { ["value"] = all.Skip(skip).Take(top).Select(f => new { id = f.Id, displayName = f.Name, totalItemCount = user.In(f.Id).Count, childFolderCount = 0 }) };
        if (skip + top < all.Count) page["@odata.nextLink"] = $"{graph.Address}{context.Request.Path}?$top={top}&$skip={skip + top}";
        return context.Response.WriteAsJsonAsync(page);
    }

    private static Task FolderAsync(HttpContext context, StandInUser user) => user.FolderId((string)context.Request.RouteValues["folder"]!) is { } id
        ? context.Response.WriteAsJsonAsync(new { id, displayName = id[(id.IndexOf('-', StringComparison.Ordinal) + 1)..], totalItemCount = user.In(id).Count, unreadItemCount = user.In(id).Count(m => !m.IsRead) })
        : StandInGraph.ErrorAsync(context, 404, "ErrorItemNotFound", "The specified object was not found in the store.");

    private static Task ListAsync(StandInGraph graph, HttpContext context, StandInUser user)
    {
        if (user.FolderId((string)context.Request.RouteValues["folder"]!) is not { } folder) return StandInGraph.ErrorAsync(context, 404, "ErrorItemNotFound", "The specified object was not found in the store.");
        var all = user.In(folder);
        var skip = int.TryParse(context.Request.Query["$skip"], out var s) ? s : 0;
        var top = Math.Min(int.TryParse(context.Request.Query["$top"], out var t) ? t : 10, 1000);
        var page = new Dictionary<string, object> { ["value"] = all.Skip(skip).Take(top).Select(m => m.View()) };
        if (skip + top < all.Count) page["@odata.nextLink"] = $"{graph.Address}{context.Request.Path}?$select=id&$top={top}&$skip={skip + top}";
        return context.Response.WriteAsJsonAsync(page);
    }

    /// <summary>Tokens hold generation, folder, whether the first listing is under way, and the number of the last change seen.</summary>
    private static Task DeltaAsync(StandInGraph graph, HttpContext context, StandInUser user)
    {
        if (user.FolderId((string)context.Request.RouteValues["folder"]!) is not { } folder) return StandInGraph.ErrorAsync(context, 404, "ErrorItemNotFound", "The specified object was not found in the store.");
        var (initial, after) = (true, 0L);
        if (context.Request.Query["$skiptoken"].FirstOrDefault() is { } skip && !Read(skip, out initial, out after)) return Gone();
        if (context.Request.Query["$deltatoken"].FirstOrDefault() is { } delta && !Read(delta, out initial, out after)) return Gone();
        var size = 10;
        foreach (var prefer in context.Request.Headers["Prefer"].ToString().Split(','))
            if (prefer.Trim().StartsWith("odata.maxpagesize=", StringComparison.Ordinal)) size = int.Parse(prefer.Trim()["odata.maxpagesize=".Length..], CultureInfo.InvariantCulture);
        var (changes, next, more) = user.Changes(folder, after, size, initial);
        var page = new Dictionary<string, object>
        {
            ["@odata.context"] = $"{graph.Address}/v1.0/$metadata#Collection(message)",
            ["value"] = changes.Select(c => c.Removed || user.Mail(c.Id) is not { } mail
                ? new Dictionary<string, object?> { ["@odata.type"] = "#microsoft.graph.message", ["id"] = c.Id, ["@removed"] = new { reason = "deleted" } }
                : mail.View()).ToList(),
        };
        var token = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user.Generation}|{folder}|{(more && initial ? 1 : 0)}|{next}")).TrimEnd('=');
        page[more ? "@odata.nextLink" : "@odata.deltaLink"] = $"{graph.Address}{context.Request.Path}?{(more ? "$skiptoken" : "$deltatoken")}={Uri.EscapeDataString(token)}";
        return context.Response.WriteAsJsonAsync(page);

        bool Read(string text, out bool isInitial, out long from)
        {
            (isInitial, from) = (false, 0);
            var parts = Encoding.UTF8.GetString(Convert.FromBase64String(text.PadRight((text.Length + 3) / 4 * 4, '='))).Split('|');
            if (parts.Length != 4 || parts[0] != user.Generation.ToString(CultureInfo.InvariantCulture) || parts[1] != folder) return false;
            (isInitial, from) = (parts[2] == "1", long.Parse(parts[3], CultureInfo.InvariantCulture));
            return true;
        }

        Task Gone() => StandInGraph.ErrorAsync(context, 410, "syncStateNotFound", "The sync state generation is not found; continue with a full synchronization.");
    }

    /// <summary>$filter=internetMessageId eq '...', over all folders.</summary>
    private static Task SearchAsync(HttpContext context, StandInUser user)
    {
        var filter = context.Request.Query["$filter"].ToString();
        const string begin = "internetMessageId eq '";
        if (!filter.StartsWith(begin, StringComparison.Ordinal) || !filter.EndsWith('\'')) return StandInGraph.ErrorAsync(context, 400, "ErrorInvalidUrlQueryFilter", "The query filter contains one or more invalid nodes.");
        var id = filter[begin.Length..^1].Replace("''", "'", StringComparison.Ordinal);
        return context.Response.WriteAsJsonAsync(new { value = user.All().Where(m => m.InternetMessageId == id).Select(m => m.View()) });
    }

    private static async Task PatchAsync(HttpContext context, StandInUser user, StandInMail mail)
    {
        using var json = await JsonDocument.ParseAsync(context.Request.Body);
        var body = json.RootElement.Clone();
        user.Change(mail, () =>
        {
            if (body.TryGetProperty("isRead", out var read)) mail.IsRead = read.GetBoolean();
            if (body.TryGetProperty("categories", out var list)) mail.Categories = [.. list.EnumerateArray().Select(c => c.GetString()!)];
        });
        await context.Response.WriteAsJsonAsync(mail.View());
    }

    private static async Task MoveAsync(HttpContext context, StandInUser user, StandInMail mail)
    {
        using var json = await JsonDocument.ParseAsync(context.Request.Body);
        if (user.FolderId(json.RootElement.GetProperty("destinationId").GetString()!) is not { } folder)
        {
            await StandInGraph.ErrorAsync(context, 404, "ErrorItemNotFound", "The specified folder could not be found in the store.");
            return;
        }
        user.Move(mail, folder);
        context.Response.StatusCode = 201;
        await context.Response.WriteAsJsonAsync(mail.View());
    }
}
