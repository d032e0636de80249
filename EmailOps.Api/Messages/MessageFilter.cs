using System.Buffers.Text;
using System.Globalization;
using System.Text;
using EmailOps.Core.Contracts;
using Microsoft.AspNetCore.Mvc;

namespace EmailOps.Api.Messages;

/// <summary>The inbox filters as they stand in the address.</summary>
internal sealed class MessageFilter
{
    public const int MostRows = 200;

    [FromQuery(Name = "mailbox")] public long? Mailbox { get; init; }
    [FromQuery(Name = "decision")] public DecisionKind? Decision { get; init; }
    [FromQuery(Name = "category")] public string? Category { get; init; }
    /// <summary>At least this priority.</summary>
    [FromQuery(Name = "priority")] public int? Priority { get; init; }
    [FromQuery(Name = "language")] public string? Language { get; init; }
    [FromQuery(Name = "draft")] public DraftState? Draft { get; init; }
    /// <summary>The id of a label that people put on.</summary>
    [FromQuery(Name = "label")] public long? Label { get; init; }
    /// <summary>Words in subject, text or sender.</summary>
    [FromQuery(Name = "q")] public string? Words { get; init; }
    [FromQuery(Name = "untriaged")] public bool? Untriaged { get; init; }
    [FromQuery(Name = "cursor")] public string? Cursor { get; init; }
    [FromQuery(Name = "take")] public int? Take { get; init; }

    public int Rows => Math.Clamp(Take ?? 50, 1, MostRows);
}

/// <summary>A place in the list: the last row's time and id. Opaque to callers.</summary>
internal readonly record struct Cursor(DateTimeOffset ReceivedAt, long Id)
{
    public override string ToString() => Base64Url.EncodeToString(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{ReceivedAt.UtcTicks}.{Id}")));

    /// <returns>False for anything we did not make.</returns>
    public static bool TryParse(string text, out Cursor cursor)
    {
        cursor = default;
        if (text.Length > 100 || !Base64Url.IsValid(text)) return false;
        var parts = Encoding.ASCII.GetString(Base64Url.DecodeFromChars(text)).Split('.');
        if (parts.Length != 2 || !long.TryParse(parts[0], CultureInfo.InvariantCulture, out var ticks) || !long.TryParse(parts[1], CultureInfo.InvariantCulture, out var id)
            || ticks < 0 || ticks > DateTimeOffset.MaxValue.UtcTicks) return false;
        cursor = new Cursor(new DateTimeOffset(ticks, TimeSpan.Zero), id);
        return true;
    }
}
