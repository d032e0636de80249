using System.Buffers;
using Microsoft.Extensions.Configuration;

namespace EmailOps.ServiceDefaults.Logging;

/// <summary>
/// Takes the configured secrets out of every log line, whoever wrote it. What counts as a secret is told by the key's name, so a new
/// setting is masked by being called what it is.
/// </summary>
public sealed class SecretMask
{
    /// <summary>Stands for a secret.</summary>
    public const string Masked = "***";

    /// <summary>Shorter values stand in too many innocent words.</summary>
    private const int ShortestSecret = 4;

    private static readonly string[] SecretWords = ["PASSWORD", "SECRET", "TOKEN", "APIKEY", "API_KEY", "DSN", "WEBHOOK", "CREDENTIAL", "PRIVATEKEY", "PRIVATE_KEY"];

    private readonly SearchValues<string> _find;
    private readonly string[] _secrets;

    public SecretMask(IEnumerable<string> secrets)
    {
        // Longest first: one secret may begin with another.
        _secrets = [.. secrets.Where(secret => secret.Length >= ShortestSecret).Distinct().OrderByDescending(secret => secret.Length)];
        _find = SearchValues.Create(_secrets, StringComparison.Ordinal);
    }

    public static SecretMask None { get; } = new([]);

    public static SecretMask From(IConfiguration configuration) => new(configuration.AsEnumerable().SelectMany(Secrets));

    public string Apply(string text)
    {
        if (_secrets.Length == 0 || text.AsSpan().IndexOfAny(_find) < 0)
            return text;
        foreach (var secret in _secrets)
            text = text.Replace(secret, Masked, StringComparison.Ordinal);
        return text;
    }

    /// <summary>By the last part of its name: not everything below a section that is called Secrets is one.</summary>
    /// <param name="key">EMAIL_PASSWORD, Mailbox:Password, or Mailbox__Password.</param>
    public static bool IsSecret(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        var path = key.Replace("__", ":", StringComparison.Ordinal);
        // Tokens are counted, too: MODEL_TOKENS_PER_DAY is a number for everybody.
        var name = path[(path.LastIndexOf(':') + 1)..].Replace("TOKENS", "", StringComparison.OrdinalIgnoreCase);
        return SecretWords.Any(word => name.Contains(word, StringComparison.OrdinalIgnoreCase)) || path.Equals("Secrets:Key", StringComparison.OrdinalIgnoreCase);
    }

    private static IEnumerable<string> Secrets(KeyValuePair<string, string?> pair)
    {
        if (string.IsNullOrEmpty(pair.Value))
            yield break;
        if (IsSecret(pair.Key))
            yield return pair.Value;
        if (pair.Key.StartsWith("ConnectionStrings:", StringComparison.OrdinalIgnoreCase))
        {
            foreach (var part in pair.Value.Split(';', ','))
            {
                var equals = part.IndexOf('=');
                if (equals > 0 && part[..equals].Trim() is var key && (key.Equals("password", StringComparison.OrdinalIgnoreCase) || key.Equals("pwd", StringComparison.OrdinalIgnoreCase)))
                    yield return part[(equals + 1)..].Trim();
            }
        }
        if (Uri.TryCreate(pair.Value, UriKind.Absolute, out var address) && address.UserInfo.IndexOf(':') is var colon and >= 0)
        {
            // postgres://user:password@host
            yield return address.UserInfo[(colon + 1)..];
            yield return Uri.UnescapeDataString(address.UserInfo[(colon + 1)..]);
        }
    }
}
