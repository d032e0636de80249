using System.Text.Json;
using EmailOps.Core.Outgoing;

namespace EmailOps.Core.Escalations.Channels;

/// <summary>What an HTTP answer means for telling.</summary>
internal static class ChannelAnswer
{
    private const int LongestSaid = 300;

    /// <param name="dropsDoubles">What may have arrived is worth another attempt.</param>
    /// <param name="fix">What to do where it was refused.</param>
    public static Told Of(OutgoingAnswer answer, bool dropsDoubles, string? fix = null)
    {
        if (answer.IsDone) return new Told(ToldResult.Told);
        var detail = fix is null ? answer.Problem : $"{answer.Problem} {fix}";
        if (!answer.IsPassing) return new Told(ToldResult.Refused, detail);
        return answer.MayHaveArrived && !dropsDoubles ? new Told(ToldResult.Unclear, detail) : new Told(ToldResult.Later, detail, answer.RetryAfter);
    }

    /// <summary>An answer's JSON; null when it is none. Strangers wrote it: nothing deep is read.</summary>
    public static JsonElement? Json(string body)
    {
        try
        {
            using var json = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 16 });
            return json.RootElement.ValueKind == JsonValueKind.Object ? json.RootElement.Clone() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public static string? Text(this JsonElement json, params ReadOnlySpan<string> path)
    {
        foreach (var name in path)
            if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty(name, out json)) return null;
        return json.ValueKind == JsonValueKind.String && json.GetString() is { } text ? Cut(text) : null;
    }

    public static string Cut(string text) => Messages.StoredText.Clean(Messages.StoredText.Cut(text.ReplaceLineEndings(" "), LongestSaid));
}
