using System.Globalization;

namespace EmailOps.Core.Triage.Labels;

/// <summary>A label as its team defined it.</summary>
internal sealed record TeamLabel(long Id, long MailboxId, string Name, string Description, DateTimeOffset CreatedAt, bool IsRetired, int Version);

/// <summary>What a label may be called.</summary>
internal static class LabelRules
{
    /// <summary>In use in one mailbox. Guards the size of a model, and people: nobody finds their way among more.</summary>
    public const int MostLabels = 40;
    public const int MostName = 40;
    public const int MostDescription = 200;
    /// <summary>Messages labelled in one order.</summary>
    public const int MostMessages = 200;

    /// <returns>Null, or what to change.</returns>
    public static string? Problem(string? name, string? description)
    {
        if (string.IsNullOrWhiteSpace(name)) return "name is empty; call the label something.";
        if (name.Trim().Length > MostName) return $"name has {name.Trim().Length} characters; at most {MostName}.";
        if (!IsOneLine(name)) return "name has characters that cannot be shown in one line.";
        if ((description?.Trim().Length ?? 0) > MostDescription) return $"description has {description!.Trim().Length} characters; at most {MostDescription}.";
        return description is not null && !IsOneLine(description) ? "description has characters that cannot be shown in one line." : null;
    }

    /// <summary>No control characters, and none that turn the direction of what follows.</summary>
    private static bool IsOneLine(string text) => text.EnumerateRunes().All(r => r.Value != 0xFFFD && System.Text.Rune.GetUnicodeCategory(r)
        is not (UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate) && !(r.Value is >= 0x202A and <= 0x202E or >= 0x2066 and <= 0x2069));
}
