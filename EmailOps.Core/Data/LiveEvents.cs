using System.Globalization;
using EmailOps.Core.Contracts;
using Npgsql;

namespace EmailOps.Core.Data;

/// <summary>Tells open consoles what changed, at commit of the caller's transaction. Payload on the wire: <c>kind:id</c>.</summary>
internal static class LiveEvents
{
    public const string Channel = "emailops_live";

    public static Task AnnounceAsync(NpgsqlConnection connection, string kind, long id, CancellationToken cancel)
        => Hints.SendAsync(connection, Channel, string.Create(CultureInfo.InvariantCulture, $"{kind}:{id}"), cancel);

    /// <returns>Null when the payload is not one of ours.</returns>
    public static LiveEvent? Read(string payload)
    {
        var colon = payload.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && long.TryParse(payload.AsSpan(colon + 1), CultureInfo.InvariantCulture, out var id) ? new LiveEvent(payload[..colon], id) : null;
    }
}
