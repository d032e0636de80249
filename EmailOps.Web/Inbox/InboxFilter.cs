using System.Globalization;
using EmailOps.Core.Contracts;
using Microsoft.AspNetCore.WebUtilities;

namespace EmailOps.Web.Inbox;

/// <summary>What the inbox shows, as its address says it. Anything unreadable in an address counts as not said.</summary>
public sealed record InboxFilter
{
    public const int PageSize = 50;

    public DecisionKind? Decision { get; init; }
    public bool Untriaged { get; init; }
    public string? Category { get; init; }
    public int? Priority { get; init; }
    public string? Language { get; init; }
    public string? Words { get; init; }
    public long? Mailbox { get; init; }
    /// <summary>A label that people put on.</summary>
    public long? Label { get; init; }
    public string? Cursor { get; init; }

    /// <summary>More than the tab: the list may be empty because of it.</summary>
    public bool Narrowed => Category is not null || Priority is not null || Language is not null || Words is not null || Mailbox is not null || Label is not null;

    public string Address => QueryHelpers.AddQueryString("/", Pairs().Where(pair => !string.IsNullOrEmpty(pair.Value)));

    public InboxFilter Tab(DecisionKind? decision) => this with { Decision = decision, Untriaged = false, Cursor = null };

    public InboxFilter Everything => new() { Decision = Decision, Untriaged = Untriaged };

    public static InboxFilter Read(IQueryCollection query) => new()
    {
        Decision = Enum.TryParse<DecisionKind>(query["decision"], ignoreCase: true, out var decision) && Enum.IsDefined(decision) ? decision : null,
        Untriaged = query["untriaged"] == "true",
        Category = Text(query["category"]),
        Priority = int.TryParse(query["priority"], NumberStyles.None, CultureInfo.InvariantCulture, out var priority) && priority is >= 1 and <= 10 ? priority : null,
        Language = Text(query["language"]),
        Words = Text(query["q"]),
        Mailbox = long.TryParse(query["mailbox"], NumberStyles.None, CultureInfo.InvariantCulture, out var mailbox) ? mailbox : null,
        Label = long.TryParse(query["label"], NumberStyles.None, CultureInfo.InvariantCulture, out var label) ? label : null,
        Cursor = Text(query["cursor"]),
    };

    public IEnumerable<KeyValuePair<string, string?>> ApiQuery() => Pairs().Append(new("take", Number(PageSize)));

    private IEnumerable<KeyValuePair<string, string?>> Pairs()
    {
        yield return new("decision", Decision?.ToString());
        yield return new("untriaged", Untriaged ? "true" : null);
        yield return new("category", Category);
        yield return new("priority", Priority is { } priority ? Number(priority) : null);
        yield return new("language", Language);
        yield return new("q", Words);
        yield return new("mailbox", Mailbox is { } mailbox ? Number(mailbox) : null);
        yield return new("label", Label is { } label ? Number(label) : null);
        yield return new("cursor", Cursor);
    }

    private static string? Text(string? value) => string.IsNullOrWhiteSpace(value) ? null : value.Trim();

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
