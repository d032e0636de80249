using System.Globalization;
using Microsoft.AspNetCore.WebUtilities;

namespace EmailOps.Web.Access;

/// <summary>What the audit page shows, as its address says it. Anything unreadable in an address counts as not said.</summary>
internal sealed record AuditAsked(string? Actor, string? Action, string? Words, DateOnly? From, DateOnly? To, long? Before)
{
    public const int PageSize = 50;

    public bool Narrowed => Actor is not null || Action is not null || Words is not null || From is not null || To is not null;

    public static AuditAsked Read(IQueryCollection query) => new(Text(query["actor"]), Text(query["action"]), Text(query["q"]), Day(query["from"]), Day(query["to"]),
        long.TryParse(query["before"], NumberStyles.None, CultureInfo.InvariantCulture, out var before) ? before : null);

    public string Older(long next) => QueryHelpers.AddQueryString("/access/audit", Pairs().Append(new("before", next.ToString(CultureInfo.InvariantCulture))).Where(pair => pair.Value is not null));

    /// <summary>To the Api: days are whole ones, UTC.</summary>
    public IEnumerable<KeyValuePair<string, string?>> ApiQuery() =>
    [
        new("actor", Actor), new("action", Action), new("q", Words), new("from", Midnight(From)), new("to", Midnight(To?.AddDays(1))), new("before", Before?.ToString(CultureInfo.InvariantCulture)),
        new("take", PageSize.ToString(CultureInfo.InvariantCulture)),
    ];

    public static string? Said(DateOnly? day) => day?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private IEnumerable<KeyValuePair<string, string?>> Pairs() => [new("actor", Actor), new("action", Action), new("q", Words), new("from", Said(From)), new("to", Said(To))];

    private static string? Midnight(DateOnly? day) => Said(day) is { } said ? $"{said}T00:00:00Z" : null;

    private static DateOnly? Day(string? text) => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && day.Year < 9999 ? day : null;

    private static string? Text(string? value) => string.IsNullOrWhiteSpace(value) ? null : value.Trim() is { Length: <= 200 } said ? said : value.Trim()[..200];
}
