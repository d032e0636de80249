using System.Text.Json;
using EmailOps.Core.Contracts;
using EmailOps.Core.Mailboxes.Graph;

namespace EmailOps.Core.Escalations.Channels;

/// <summary>Finds in whose name chats are opened; null: nobody signed in for it.</summary>
internal delegate Task<(string Account, GraphClient Client)?> OpenTeams(CancellationToken cancel);

/// <summary>
/// Teams through Microsoft Graph: a group chat an escalation, with those on call, and a card for each thing told. The chat's id is kept before the card is posted, so that a second attempt
/// makes no second chat. Microsoft drops no doubles of cards: one whose answer was lost is not posted again.
/// </summary>
internal sealed class TeamsChat(OpenTeams open)
{
    private const int LongestTopic = 200, MostMembers = 50;
    private const string Nobody = "Nobody has signed in who may open chats. Set M365_TEAMS=true, then: emailops provider login graph ADDRESS. Microsoft lets no app post into chats in its own name.";
    private static readonly GraphPermission[] s_needs = [GraphPermission.UserRead, GraphPermission.ChatCreate, GraphPermission.ChatMembers, GraphPermission.ChatSend];

    public async Task<Told> TellAsync(ChannelMessage message, Func<string, Task> remember, CancellationToken cancel)
    {
        var isCreating = message.External is null;
        try
        {
            if (await open(cancel) is not { } teams) return new Told(ToldResult.Refused, Nobody);
            var chat = message.External;
            string? left = null;
            if (chat is null)
            {
                (chat, left) = await CreateAsync(teams.Client, teams.Account, message, cancel);
                await remember(chat);
                isCreating = false;
            }
            else if (message.Kind == NotificationKind.NextLevel) left = await JoinAsync(teams.Client, chat, message, cancel);
            await PostAsync(teams.Client, chat, message, cancel);
            return new Told(ToldResult.Told, left, External: chat);
        }
        catch (GraphException failure)
        {
            return failure.Kind switch
            {
                GraphFailure.Unreachable or GraphFailure.Throttled or GraphFailure.SignIn or GraphFailure.Unauthorised => new Told(ToldResult.Later, failure.Message, failure.RetryAfter),
                // A chat that was made unheard of is empty and disturbs nobody; a card may have been read.
                GraphFailure.Unanswered or GraphFailure.ServerError or GraphFailure.BadAnswer => new Told(isCreating ? ToldResult.Later : ToldResult.Unclear, failure.Message, failure.RetryAfter),
                _ => new Told(ToldResult.Refused, failure.Message),
            };
        }
    }

    public async Task<IReadOnlyList<ChannelTestStep>> TestAsync(ChannelMessage message, CancellationToken cancel)
    {
        List<ChannelTestStep> steps = [];
        try
        {
            if (await open(cancel) is not { } teams) return [new("sign-in", false, Nobody)];
            var claims = await teams.Client.ClaimsAsync(cancel);
            steps.Add(new("sign-in", true, $"{teams.Account} has signed in."));
            // A token that cannot be read says nothing: then the calls themselves tell.
            foreach (var need in s_needs.Where(_ => claims is not null)) steps.Add(claims!.Allows(need) ? new(need.Name, true, $"Granted: {need.Purpose}.") : new(need.Name, false, $"Missing: it is needed to {need.Purpose}. {need.Fix(isApp: false)}"));
            if (steps.Exists(s => !s.Ok)) return steps;
            var (known, unknown) = await PeopleAsync(teams.Client, Members(teams.Account, message), cancel);
            steps.Add(new("people", unknown.Count == 0 && known.Count > 1, unknown.Count > 0 ? $"Not in this directory: {string.Join(", ", unknown)}. Correct their addresses in the service levels."
                : known.Count > 1 ? $"{known.Count} people would be in the chat." : "Nobody is on call: enter contacts with their addresses in the service levels."));
            if (known.Count < 2) return steps;
            var chat = await MakeAsync(teams.Client, known, message, cancel);
            await PostAsync(teams.Client, chat, message, cancel);
            steps.Add(new("delivery", true, "A chat with them was made, and a card was posted."));
        }
        catch (GraphException failure)
        {
            steps.Add(new("delivery", false, failure.Message));
        }
        return steps;
    }

    /// <returns>The chat's id, and who could not be called, if anybody.</returns>
    private static async Task<(string Chat, string? Left)> CreateAsync(GraphClient graph, string account, ChannelMessage message, CancellationToken cancel)
    {
        var people = Members(account, message);
        if (people.Count < 2) throw new GraphException(GraphFailure.Refused, "Nobody is on call who could be in the chat: enter contacts with their addresses in the service levels.");
        try
        {
            return (await MakeAsync(graph, people, message, cancel), null);
        }
        catch (GraphException failure) when (failure.Kind is GraphFailure.NotFound or GraphFailure.Refused)
        {
            // One address that is unknown must not keep the others from being called.
            var (known, unknown) = await PeopleAsync(graph, people, cancel);
            if (unknown.Count == 0 || known.Count < 2) throw;
            return (await MakeAsync(graph, known, message, cancel), $"Not in this directory and not called: {string.Join(", ", unknown)}. Correct their addresses in the service levels.");
        }
    }

    private static async Task<string> MakeAsync(GraphClient graph, IReadOnlyCollection<string> people, ChannelMessage message, CancellationToken cancel)
    {
        var answer = await graph.SendAsync(GraphRequest.Post("chats", new Dictionary<string, object>
        {
            ["chatType"] = "group", ["topic"] = Topic(message.Title), ["members"] = people.Select(p => Member(graph, p)).ToArray(),
        }, GraphPermission.ChatCreate) with { IsOnce = true }, cancel);
        return answer.ValueKind == JsonValueKind.Object && answer.TryGetProperty("id", out var id) && id.GetString() is { Length: > 0 and < 300 } chat ? chat : throw new GraphException(GraphFailure.BadAnswer, "Microsoft Graph made a chat and did not say which.");
    }

    /// <returns>Who could not be called, if anybody; the others see all that was said before.</returns>
    private static async Task<string?> JoinAsync(GraphClient graph, string chat, ChannelMessage message, CancellationToken cancel)
    {
        List<string> left = [];
        foreach (var person in Addresses(message.OnCall.Where(c => c.Level == message.Level)))
        {
            try
            {
                var member = Member(graph, person);
                member["visibleHistoryStartDateTime"] = "0001-01-01T00:00:00Z";
                await graph.SendAsync(GraphRequest.Post($"chats/{Uri.EscapeDataString(chat)}/members", member, GraphPermission.ChatMembers) with { IsOnce = true }, cancel);
            }
            catch (GraphException failure) when (failure.Kind is GraphFailure.Refused or GraphFailure.NotFound or GraphFailure.Forbidden)
            {
                // Who is in it already is refused too. The card is posted whatever becomes of this: better seen by some than by none.
                if (failure.Status != 409) left.Add($"{person} was not called into the chat: {failure.Message}");
            }
        }
        return left.Count == 0 ? null : string.Join(' ', left);
    }

    private static Task<JsonElement> PostAsync(GraphClient graph, string chat, ChannelMessage message, CancellationToken cancel)
    {
        const string id = "emailops";
        return graph.SendAsync(GraphRequest.Post($"chats/{Uri.EscapeDataString(chat)}/messages", new
        {
            body = new { contentType = "html", content = $"<attachment id=\"{id}\"></attachment>" },
            attachments = new[] { new { id, contentType = AdaptiveCard.ContentType, contentUrl = (string?)null, content = JsonSerializer.Serialize(AdaptiveCard.Of(message)) } },
        }, GraphPermission.ChatSend) with { IsOnce = true }, cancel);
    }

    private static async Task<(List<string> Known, List<string> Unknown)> PeopleAsync(GraphClient graph, IReadOnlyList<string> people, CancellationToken cancel)
    {
        List<string> known = [], unknown = [];
        foreach (var person in people)
        {
            try
            {
                await graph.SendAsync(GraphRequest.Get($"users/{Uri.EscapeDataString(person)}", GraphPermission.UserRead), cancel);
                known.Add(person);
            }
            catch (GraphException failure) when (failure.Kind == GraphFailure.NotFound)
            {
                unknown.Add(person);
            }
        }
        return (known, unknown);
    }

    private static List<string> Members(string account, ChannelMessage message) => [.. Addresses(message.OnCall).Prepend(account).Distinct(StringComparer.OrdinalIgnoreCase).Take(MostMembers)];

    private static IEnumerable<string> Addresses(IEnumerable<OnCallContact> people) => people.Select(c => c.Email).OfType<string>().Where(e => e.Length > 0);

    private static Dictionary<string, object> Member(GraphClient graph, string person) => new()
    {
        ["@odata.type"] = "#microsoft.graph.aadUserConversationMember", ["roles"] = new[] { "owner" }, ["user@odata.bind"] = $"{graph.Options.Graph}users('{person.Replace("'", "''", StringComparison.Ordinal)}')",
    };

    /// <summary>Graph refuses a colon in topics.</summary>
    private static string Topic(string title) => Messages.StoredText.Cut(title.Replace(':', ','), LongestTopic);
}
