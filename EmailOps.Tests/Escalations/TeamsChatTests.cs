using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using EmailOps.Core.Contracts;
using EmailOps.Core.Escalations.Channels;
using EmailOps.Tests.Graph;
using EmailOps.Tests.Graph.StandIn;

namespace EmailOps.Tests.Escalations;

/// <summary>Group chats through the stand-in Graph, in the name of a user who consented.</summary>
public sealed class TeamsChatTests : IAsyncLifetime
{
    private const string Bot = "emailops@shop.example", Ada = "ada@shop.example", Ben = "ben@shop.example";
    private static readonly string[] s_all = ["User.ReadBasic.All", "Chat.Create", "ChatMember.ReadWrite", "ChatMessage.Send", "Chat.Read"];
    private static CancellationToken None => CancellationToken.None;
    private readonly List<string> _remembered = [];
    private GraphUnderTest _graph = null!;

    public async Task InitializeAsync()
    {
        _graph = await GraphUnderTest.StartAsync(o => o.LongestWaitSeconds = 0);
        foreach (var person in (string[])[Bot, Ada, Ben]) _graph.Server.AddUser(person);
    }

    public async Task DisposeAsync() => await _graph.DisposeAsync();

    [Fact]
    public async Task A_chat_is_made_with_those_on_call_and_the_next_level_joins_it()
    {
        var teams = await TeamsAsync(s_all);
        var opened = await teams.TellAsync(Message(NotificationKind.Opened), Remember, None);
        Assert.Equal((ToldResult.Told, (string?)null), (opened.Result, opened.Detail));
        var chat = Assert.Single(_graph.Server.Chats.Values);
        Assert.Equal([Ada, Bot], chat.Members.Keys.Order());
        Assert.Equal([chat.Id], _remembered);
        Assert.Equal((chat.Id, "group"), (opened.External, chat.ChatType));

        var next = await teams.TellAsync(Message(NotificationKind.NextLevel) with { External = chat.Id, Level = 2 }, Remember, None);
        var settled = await teams.TellAsync(Message(NotificationKind.Resolved) with { External = chat.Id, State = EscalationState.Resolved, Actor = "Ada" }, Remember, None);

        Assert.Equal((ToldResult.Told, ToldResult.Told), (next.Result, settled.Result));
        Assert.Equal([Ada, Ben, Bot], chat.Members.Keys.Order());
        Assert.Equal((1, 3), (_graph.Server.Chats.Count, chat.Messages.Count));
        var card = JsonDocument.Parse(chat.Messages.First().Body.GetProperty("attachments")[0].GetProperty("content").GetString()!).RootElement;
        Assert.Equal(["Take it on", "Settled", "Open the message"], card.GetProperty("actions").EnumerateArray().Select(a => a.GetProperty("title").GetString()));
    }

    [Fact]
    public async Task One_address_that_is_unknown_keeps_nobody_else_from_being_called()
    {
        var teams = await TeamsAsync(s_all);

        var told = await teams.TellAsync(Message(NotificationKind.Opened) with { OnCall = [new(1, "Ada", Ada), new(1, "Gone", "gone@shop.example")] }, Remember, None);

        Assert.Equal(ToldResult.Told, told.Result);
        Assert.Contains("gone@shop.example", told.Detail, StringComparison.Ordinal);
        Assert.Equal([Ada, Bot], Assert.Single(_graph.Server.Chats.Values).Members.Keys.Order());
    }

    [Theory]
    [InlineData("Chat.Create")]
    [InlineData("ChatMessage.Send")]
    public async Task A_missing_permission_is_named_with_where_to_grant_it(string missing)
    {
        var teams = await TeamsAsync([.. s_all.Where(s => s != missing)]);

        var told = await teams.TellAsync(Message(NotificationKind.Opened), Remember, None);
        var test = await teams.TestAsync(Message(NotificationKind.Opened) with { IsTest = true }, None);

        Assert.Equal(ToldResult.Refused, told.Result);
        Assert.Contains(missing, told.Detail, StringComparison.Ordinal);
        var step = Assert.Single(test, s => !s.Ok);
        Assert.Equal(missing, step.Name);
        Assert.Contains("API permissions", step.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_the_right_to_add_members_the_next_level_is_told_of_all_the_same_and_that_is_shown()
    {
        var teams = await TeamsAsync([.. s_all.Where(s => s != "ChatMember.ReadWrite")]);
        var opened = await teams.TellAsync(Message(NotificationKind.Opened), Remember, None);

        var next = await teams.TellAsync(Message(NotificationKind.NextLevel) with { External = opened.External, Level = 2 }, Remember, None);

        Assert.Equal(ToldResult.Told, next.Result);
        Assert.Contains("ben@shop.example was not called into the chat", next.Detail, StringComparison.Ordinal);
        Assert.Contains("ChatMember.ReadWrite", next.Detail, StringComparison.Ordinal);
        Assert.Equal(2, Assert.Single(_graph.Server.Chats.Values).Messages.Count);
        Assert.Equal("ChatMember.ReadWrite", Assert.Single(await teams.TestAsync(Message(NotificationKind.Opened), None), s => !s.Ok).Name);
    }

    [Fact]
    public async Task A_card_whose_answer_was_lost_is_not_posted_again_and_a_busy_Graph_is_asked_later()
    {
        var teams = await TeamsAsync(s_all);
        _graph.Server.Misbehave(StandInFault.LoseAnswer("/messages"));
        var lost = await teams.TellAsync(Message(NotificationKind.Opened), Remember, None);
        Assert.Equal((ToldResult.Unclear, 1), (lost.Result, Assert.Single(_graph.Server.Chats.Values).Messages.Count));

        _graph.Server.Misbehave(StandInFault.Throttle("/chats", 30));
        var busy = await teams.TellAsync(Message(NotificationKind.Opened) with { EscalationId = 8 }, Remember, None);
        Assert.Equal((ToldResult.Later, TimeSpan.FromSeconds(30)), (busy.Result, busy.RetryAfter));
        // The chat that was made before the post failed is used again: no second one is made.
        Assert.Single(_remembered);
    }

    [Fact]
    public async Task A_test_makes_a_chat_and_says_who_is_not_in_the_directory_and_that_nobody_signed_in()
    {
        var teams = await TeamsAsync(s_all);

        var good = await teams.TestAsync(Message(NotificationKind.Opened) with { IsTest = true }, None);
        var gone = await teams.TestAsync(Message(NotificationKind.Opened) with { IsTest = true, OnCall = [new(1, "Gone", "gone@shop.example")] }, None);
        var nobody = await new TeamsChat(_ => Task.FromResult<(string, Core.Mailboxes.Graph.GraphClient)?>(null)).TestAsync(Message(NotificationKind.Opened), None);

        Assert.All(good, s => Assert.True(s.Ok, s.Detail));
        Assert.Contains("gone@shop.example", Assert.Single(gone, s => !s.Ok).Detail, StringComparison.Ordinal);
        Assert.Contains("emailops provider login graph", Assert.Single(nobody).Detail, StringComparison.Ordinal);
    }

    private Task Remember(string external)
    {
        _remembered.Add(external);
        return Task.CompletedTask;
    }

    private static ChannelMessage Message(NotificationKind kind) => new()
    {
        EscalationId = 7, Kind = kind, Key = "k", DedupKey = "d", Severity = EscalationSeverity.High, State = EscalationState.Open, Level = 1, OpenedAt = TimeProvider.System.GetUtcNow(), Subject = "Refund: 7", Summary = "Ada wants help.",
        MessageLink = new Uri("https://mail.shop.example/messages/1"), ClaimLink = new Uri("https://mail.shop.example/e/c"), ResolveLink = new Uri("https://mail.shop.example/e/r"),
        OnCall = kind == NotificationKind.NextLevel ? [new(1, "Ada", Ada), new(2, "Ben", Ben)] : [new(1, "Ada", Ada)],
    };

    /// <summary>Signs a user in as a browser would (code with PKCE), with these permissions.</summary>
    private async Task<TeamsChat> TeamsAsync(string[] scopes)
    {
        (_graph.Server.Login.Scopes, _graph.Server.Login.Browser) = (scopes, Bot);
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri(_graph.Server.Address) };
        var (verifier, redirect, tenant) = (new string('v', 64), "https://mail.shop.example/back", _graph.Server.Login.TenantId);
        var challenge = Convert.ToBase64String(SHA256.HashData(Encoding.ASCII.GetBytes(verifier))).TrimEnd('=').Replace('+', '-').Replace('/', '_');
        using var agreed = await http.GetAsync($"/{tenant}/oauth2/v2.0/authorize?client_id={_graph.Server.Login.ClientId}&response_type=code&code_challenge_method=S256&code_challenge={challenge}&state=s&redirect_uri={Uri.EscapeDataString(redirect)}&scope={Uri.EscapeDataString(string.Join(' ', scopes))}");
        var code = System.Web.HttpUtility.ParseQueryString(agreed.Headers.Location!.Query)["code"]!;
        using var answer = await http.PostAsync($"/{tenant}/oauth2/v2.0/token", new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "authorization_code", ["client_id"] = _graph.Server.Login.ClientId, ["client_secret"] = _graph.Server.Login.Secret, ["code"] = code, ["redirect_uri"] = redirect, ["code_verifier"] = verifier,
        }));
        var token = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("access_token").GetString()!;
        var client = _graph.Clients.ForUser($"test/{Guid.NewGuid()}", (_, _) => Task.FromResult(token));
        return new TeamsChat(_ => Task.FromResult<(string, Core.Mailboxes.Graph.GraphClient)?>((Bot, client)));
    }
}
