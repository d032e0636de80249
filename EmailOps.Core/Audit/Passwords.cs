using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace EmailOps.Core.Audit;

/// <summary>
/// What a password must be and how it is kept: PBKDF2 with HMAC-SHA-512, salted. Length is what counts (NIST SP 800-63B, 5.1.1), so there are no rules about
/// kinds of characters.
/// </summary>
internal sealed class Passwords : IDisposable
{
    public const int Shortest = 12;
    /// <summary>Guards the processor: a hash is made of all of it.</summary>
    public const int Longest = 128;
    /// <summary>OWASP's figure for HMAC-SHA-512; about a fifth of a second.</summary>
    private const int Rounds = 210_000;
    private const int FewestKinds = 5;
    private static readonly TimeSpan Turn = TimeSpan.FromSeconds(10);

    /// <summary>Those of twelve and more that every list of guesses begins with.</summary>
    private static readonly HashSet<string> Guessed = new(StringComparer.OrdinalIgnoreCase)
    {
        "password1234", "password12345", "password123456", "passwordpassword", "123456789012", "1234567890123", "administrator", "administrator1", "letmeinletmein", "qwertyuiop12",
        "qwertyuiop123", "qwertyuiopasdf", "iloveyou1234", "welcome12345", "changeme1234", "changemechangeme", "emailopsemailops", "emailops1234", "correcthorsebatterystaple", "abcdefghijkl",
        "1q2w3e4r5t6y", "trustno1trustno1", "adminadminadmin", "supportsupport", "monkeymonkey1", "sunshine1234", "football1234", "princess1234", "dragondragon1", "secretsecret",
    };

    private readonly PasswordHasher<string> _hasher = new(Options.Create(new PasswordHasherOptions { IterationCount = Rounds }));
    /// <summary>Guessing must not take all processors from the rest of the process.</summary>
    private readonly SemaphoreSlim _turns = new(Math.Max(1, Environment.ProcessorCount / 2));
    private readonly Lazy<string> _nobody;

    public Passwords() => _nobody = new(() => _hasher.HashPassword("", Guid.NewGuid().ToString()));

    /// <returns>Null, or what to change.</returns>
    public static string? Problem(string? password, string name)
    {
        if (password is null || password.Length < Shortest) return $"A password has at least {Shortest} characters: a few words are good.";
        if (password.Length > Longest) return $"A password has at most {Longest} characters.";
        if (password.Contains('\0', StringComparison.Ordinal)) return "A password cannot hold the character U+0000.";
        if (password.Distinct().Count() < FewestKinds || Guessed.Contains(password)) return "That password is among the first that are guessed. Choose another.";
        return name.Length > 3 && password.Replace(name, "", StringComparison.OrdinalIgnoreCase).Length < Shortest / 2 ? "A password must be more than the name." : null;
    }

    public async Task<string> HashAsync(string password, CancellationToken cancel) => await TurnAsync(() => _hasher.HashPassword("", password), cancel);

    /// <param name="hash">Null takes as long as any other: a stranger must not learn who has an account.</param>
    public async Task<bool> IsRightAsync(string? hash, string password, CancellationToken cancel)
    {
        if (password.Length > Longest) return false;
        var result = await TurnAsync(() => _hasher.VerifyHashedPassword("", hash ?? _nobody.Value, password), cancel);
        return hash is not null && result is not PasswordVerificationResult.Failed;
    }

    /// <exception cref="BusyException">Too many want to sign in at once.</exception>
    private async Task<T> TurnAsync<T>(Func<T> work, CancellationToken cancel)
    {
        if (!await _turns.WaitAsync(Turn, cancel)) throw new BusyException("Too many people sign in at once. Try again in a moment.");
        try
        {
            return await Task.Run(work, cancel);
        }
        finally
        {
            _turns.Release();
        }
    }

    public void Dispose() => _turns.Dispose();
}

/// <summary>Not now; the message may be shown.</summary>
public sealed class BusyException(string message) : Exception(message);
