namespace EmailOps.Core.Mailboxes.Graph;

/// <summary>One call. Paths are relative to the version (<c>users/...</c>); links that Graph gave (nextLink, deltaLink) are absolute and checked to lead to Graph.</summary>
/// <param name="Need">Named when Graph answers 403.</param>
internal sealed record GraphRequest(HttpMethod Method, string Path, GraphPermission? Need = null)
{
    /// <summary>Serialised as JSON.</summary>
    public object? Body { get; init; }
    /// <summary>Sent as base64 with <c>text/plain</c>: how Graph takes whole mails.</summary>
    public ReadOnlyMemory<byte>? Mime { get; init; }
    /// <summary>Values of <c>Prefer</c>.</summary>
    public string[] Prefer { get; init; } = [];
    /// <summary>Doing it twice would be seen (sending): it is never repeated inside; the caller knows what the failure means.</summary>
    public bool IsOnce { get; init; }
    /// <summary>Most bytes of the answer; null: as configured for JSON.</summary>
    public long? MaxBytes { get; init; }

    /// <summary>Ids that stay when a message is moved, so that a place in the ledger stays one.</summary>
    public const string ImmutableIds = "IdType=\"ImmutableId\"";

    public static GraphRequest Get(string path, GraphPermission? need = null, params string[] prefer) => new(HttpMethod.Get, path, need) { Prefer = prefer };

    public static GraphRequest Post(string path, object body, GraphPermission? need = null) => new(HttpMethod.Post, path, need) { Body = body };

    public static GraphRequest Patch(string path, object body, GraphPermission? need = null) => new(HttpMethod.Patch, path, need) { Body = body };
}
