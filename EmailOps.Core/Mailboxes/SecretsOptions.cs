namespace EmailOps.Core.Mailboxes;

/// <summary>Where the key that seals stored passwords comes from; bound to the section <c>Secrets</c>.</summary>
internal sealed class SecretsOptions
{
    public const string Section = "Secrets";

    /// <summary>32 bytes, base64 or hexadecimal (SECRETS_KEY); null: the file of <see cref="Folder"/>.</summary>
    public string? Key { get; set; }
    /// <summary>The key before <see cref="Key"/> (SECRETS_KEY_PREVIOUS), for opening only, until <c>emailops rotate-secret secrets-key</c> has sealed everything anew.</summary>
    public string? Previous { get; set; }
    /// <summary>The state folder; its file <c>secrets-key</c> is made when the first password is stored.</summary>
    public string? Folder { get; set; }

    /// <returns>Null, or what to change. The key itself is never in it.</returns>
    public string? Problem() => string.IsNullOrWhiteSpace(Key) || KeyText.Read(Key) is not null
        ? string.IsNullOrWhiteSpace(Previous) || KeyText.Read(Previous) is not null ? null : $"SECRETS_KEY_PREVIOUS is not a key of {SecretBox.KeyBytes} bytes in base64 or hexadecimal. It was SECRETS_KEY before."
        : $"SECRETS_KEY is not a key of {SecretBox.KeyBytes} bytes in base64 or hexadecimal. Make one with: openssl rand -base64 32";
}
