namespace EmailOps.Core.Contracts;

/// <summary>How replies of a mailbox begin and end in one language, where that differs from the taxonomy's. What is null is the taxonomy's.</summary>
/// <param name="Greeting">One line with <c>{name}</c>.</param>
/// <param name="GreetingWithoutName">One line, for correspondents whose name is no person's.</param>
/// <param name="Intro">One line before the answer.</param>
/// <param name="SignOff">Up to 8 lines; <c>{team}</c> stands for the team's name.</param>
/// <param name="Signature">Up to 12 lines below the sign-off; "" takes away the one for all languages.</param>
public sealed record ReplyWords(string? Greeting = null, string? GreetingWithoutName = null, string? Intro = null, string? SignOff = null, string? Signature = null);

/// <summary>How replies of a mailbox begin and end.</summary>
public sealed record ReplySettings
{
    /// <summary>Stands for <c>{team}</c>; null: the taxonomy's.</summary>
    public string? Team { get; init; }
    /// <summary>Below the sign-off in all languages that have none of their own.</summary>
    public string? Signature { get; init; }
    /// <summary>By ISO 639-1 code. A language that the taxonomy lacks needs greeting, greetingWithoutName, intro and signOff.</summary>
    public IReadOnlyDictionary<string, ReplyWords> Languages { get; init; } = new Dictionary<string, ReplyWords>();
}

/// <summary>Body of <c>POST /mailboxes/{id}/reply-preview</c>: nothing is stored.</summary>
/// <param name="Reply">Null: as stored.</param>
/// <param name="Name">Of the correspondent, as a header has it; null: unknown.</param>
public sealed record PreviewReply(ReplySettings? Reply = null, string? Name = null);

/// <param name="IsOwn">The mailbox has words of its own in it.</param>
/// <param name="Body">A reply as it would stand, with a mark where the answer goes.</param>
public sealed record ReplyPreview(string Language, bool IsOwn, ReplyWords Words, string Body);

/// <summary>The paths of the Api about replies' beginnings and ends; the settings themselves are part of the mailbox's.</summary>
public static class ReplyRoutes
{
    /// <summary>POST PreviewReply -> ReplyPreview[], one a language.</summary>
    public const string Preview = "/mailboxes/{id:long}/reply-preview";
}
