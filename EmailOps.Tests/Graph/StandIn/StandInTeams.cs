using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace EmailOps.Tests.Graph.StandIn;

/// <summary>A chat with its members (addresses) and what was posted.</summary>
internal sealed record StandInChat(string Id, string? Topic, string ChatType)
{
    /// <summary>Address to roles.</summary>
    public ConcurrentDictionary<string, string[]> Members { get; } = new();
    public ConcurrentQueue<StandInChatMessage> Messages { get; } = [];
}

/// <param name="From">Address of who posted.</param>
/// <param name="Body">As it was sent: body, attachments, mentions.</param>
internal sealed record StandInChatMessage(string Id, string From, JsonElement Body);

/// <summary>People and Teams chats. As at Microsoft, an app alone may create chats, and may not post into them.</summary>
internal static class StandInTeams
{
    private static readonly string[] s_people = ["User.ReadBasic.All", "User.Read.All", "Directory.Read.All"], s_create = ["Chat.Create", "Chat.ReadWrite", "Chat.ReadWrite.All"],
        s_read = ["Chat.Read", "Chat.ReadWrite", "Chat.Read.All", "Chat.ReadWrite.All", "ChatMessage.Read"], s_members = ["ChatMember.ReadWrite", "ChatMember.ReadWrite.All", "Chat.ReadWrite", "Chat.ReadWrite.All"],
        s_post = ["ChatMessage.Send", "Chat.ReadWrite"];

    public static void Map(IEndpointRouteBuilder app, StandInGraph graph)
    {
        app.MapGet("/v1.0/me", c => Allowed(graph, c, ["User.Read", .. s_people, .. s_create], caller => caller.User is { } me && graph.Find(me) is { } user ? c.Response.WriteAsJsonAsync(View(user)) : BadMe(c)));
        app.MapGet("/v1.0/users/{user}", c => Allowed(graph, c, s_people, _ => graph.Find((string)c.Request.RouteValues["user"]!) is { } user
            ? c.Response.WriteAsJsonAsync(View(user))
            : StandInGraph.ErrorAsync(c, 404, "Request_ResourceNotFound", $"Resource '{c.Request.RouteValues["user"]}' does not exist or one of its queried reference-property objects are not present.")));
        app.MapPost("/v1.0/chats", c => Allowed(graph, c, s_create, caller => CreateAsync(graph, c, caller)));
        app.MapGet("/v1.0/chats/{chat}", c => WithChat(graph, c, s_read, (chat, _) => c.Response.WriteAsJsonAsync(View(chat))));
        app.MapGet("/v1.0/chats/{chat}/members", c => WithChat(graph, c, [.. s_read, .. s_members], (chat, _) => c.Response.WriteAsJsonAsync(new { value = chat.Members.Select(m => Member(graph, m.Key, m.Value)) })));
        app.MapPost("/v1.0/chats/{chat}/members", c => WithChat(graph, c, s_members, async (chat, _) =>
        {
            using var json = await JsonDocument.ParseAsync(c.Request.Body);
            if (await JoinAsync(graph, c, chat, json.RootElement)) c.Response.StatusCode = 201;
        }));
        app.MapPost("/v1.0/chats/{chat}/messages", c => WithChat(graph, c, s_post, (chat, caller) => PostAsync(c, chat, caller)));
        app.MapGet("/v1.0/chats/{chat}/messages", c => WithChat(graph, c, s_read, (chat, _) => c.Response.WriteAsJsonAsync(new { value = chat.Messages.Reverse().Select(m => Message(graph, chat, m)) })));
    }

    private static async Task Allowed(StandInGraph graph, HttpContext context, string[] anyOf, Func<StandInCaller, Task> then)
    {
        if (await graph.Login.CallerAsync(context) is not { } caller) return;
        // Posting in the app's own name is for migration only, whatever else it may.
        if (caller.IsApp && context.Request.Method == "POST" && context.Request.Path.Value!.EndsWith("/messages", StringComparison.Ordinal))
            await StandInGraph.ErrorAsync(context, 403, "Forbidden", "Message POST is allowed in application-only context only for import purposes.");
        else if (caller.Has(anyOf)) await then(caller);
        else if (context.Request.Path.Value!.StartsWith("/v1.0/users", StringComparison.Ordinal)) await StandInGraph.ErrorAsync(context, 403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.");
        else await StandInGraph.ErrorAsync(context, 403, "Forbidden", $"Missing scope permissions on the request. API requires one of '{string.Join(", ", anyOf)}'. Scopes on the request '{string.Join(", ", caller.Granted)}'");
    }

    private static Task WithChat(StandInGraph graph, HttpContext context, string[] anyOf, Func<StandInChat, StandInCaller, Task> then) => Allowed(graph, context, anyOf, caller =>
        graph.Chats.TryGetValue((string)context.Request.RouteValues["chat"]!, out var chat) && (caller.IsApp || chat.Members.ContainsKey(caller.User!))
            ? then(chat, caller)
            : StandInGraph.ErrorAsync(context, 404, "NotFound", "Chat not found."));

    private static async Task CreateAsync(StandInGraph graph, HttpContext context, StandInCaller caller)
    {
        using var json = await JsonDocument.ParseAsync(context.Request.Body);
        var root = json.RootElement;
        var type = root.GetProperty("chatType").GetString()!;
        var chat = new StandInChat($"19:{Guid.NewGuid():N}@thread.v2", root.TryGetProperty("topic", out var topic) ? topic.GetString() : null, type);
        foreach (var member in root.GetProperty("members").EnumerateArray())
            if (!await JoinAsync(graph, context, chat, member)) return;
        if (type == "oneOnOne" && chat.Members.Count != 2) await StandInGraph.ErrorAsync(context, 400, "BadRequest", "Members must be two for a one-on-one chat.");
        // Who creates must be among the members.
        else if (caller.User is { } me && !chat.Members.ContainsKey(me)) await StandInGraph.ErrorAsync(context, 400, "BadRequest", "The caller must be a member of the chat.");
        else
        {
            graph.Chats[chat.Id] = chat;
            context.Response.StatusCode = 201;
            await context.Response.WriteAsJsonAsync(View(chat));
        }
    }

    private static async Task<bool> JoinAsync(StandInGraph graph, HttpContext context, StandInChat chat, JsonElement member)
    {
        var bind = member.TryGetProperty("user@odata.bind", out var b) ? b.GetString()! : "";
        var who = bind.Split('\'') is [_, var name, ..] ? Uri.UnescapeDataString(name) : "";
        var roles = member.TryGetProperty("roles", out var r) ? r.EnumerateArray().Select(x => x.GetString()!).ToArray() : [];
        if (member.TryGetProperty("@odata.type", out var type) is false || type.GetString() != "#microsoft.graph.aadUserConversationMember" || roles is not (["owner"] or ["guest"]))
        {
            await StandInGraph.ErrorAsync(context, 400, "BadRequest", "Invalid role specified for member, or the member's type is missing.");
            return false;
        }
        if (graph.Find(who) is not { } user)
        {
            await StandInGraph.ErrorAsync(context, 404, "NotFound", $"User '{who}' not found.");
            return false;
        }
        chat.Members[user.Address] = roles;
        return true;
    }

    private static async Task PostAsync(HttpContext context, StandInChat chat, StandInCaller caller)
    {
        using var json = await JsonDocument.ParseAsync(context.Request.Body);
        if (!json.RootElement.TryGetProperty("body", out var body) || !body.TryGetProperty("content", out var content))
        {
            await StandInGraph.ErrorAsync(context, 400, "BadRequest", "Missing body content.");
            return;
        }
        // A card stands where <attachment id="..."> points to it.
        var cards = json.RootElement.TryGetProperty("attachments", out var list) ? list.EnumerateArray().ToList() : [];
        if (cards.Any(card => !content.GetString()!.Contains($"<attachment id=\"{card.GetProperty("id").GetString()}\">", StringComparison.Ordinal)))
        {
            await StandInGraph.ErrorAsync(context, 400, "BadRequest", "An attachment is not referenced in the body.");
            return;
        }
        var message = new StandInChatMessage($"{TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds()}{chat.Messages.Count:D3}", caller.User!, json.RootElement.Clone());
        chat.Messages.Enqueue(message);
        context.Response.StatusCode = 201;
        await context.Response.WriteAsJsonAsync(new { id = message.Id, chatId = chat.Id, messageType = "message" });
    }

    private static Task BadMe(HttpContext context) => StandInGraph.ErrorAsync(context, 400, "BadRequest", "/me request is only valid with delegated authentication flow.");

    private static object View(StandInUser user) => new { id = user.Id, displayName = user.Name, mail = user.Address, userPrincipalName = user.Address };

    private static object View(StandInChat chat) => new { id = chat.Id, topic = chat.Topic, chatType = chat.ChatType, webUrl = $"https://teams.example/l/chat/{Uri.EscapeDataString(chat.Id)}/0" };

    private static Dictionary<string, object?> Member(StandInGraph graph, string address, string[] roles) => new()
    {
        ["@odata.type"] = "#microsoft.graph.aadUserConversationMember", ["id"] = Guid.NewGuid().ToString(), ["roles"] = roles, ["email"] = address, ["userId"] = graph.Find(address)?.Id, ["displayName"] = graph.Find(address)?.Name,
    };

    private static object Message(StandInGraph graph, StandInChat chat, StandInChatMessage message) => new
    {
        id = message.Id, chatId = chat.Id, messageType = "message", createdDateTime = "2026-11-21T12:00:00Z", body = message.Body.GetProperty("body"),
        from = new { user = new { id = graph.Find(message.From)?.Id, displayName = graph.Find(message.From)?.Name } },
    };
}
