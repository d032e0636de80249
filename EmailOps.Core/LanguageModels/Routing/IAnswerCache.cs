using System.Data.Common;
using EmailOps.Core.Contracts;

namespace EmailOps.Core.LanguageModels.Routing;

/// <summary>Answers that were given before, by a hash of everything that decides them.</summary>
internal interface IAnswerCache
{
    Task<CachedAnswer?> FindAsync(byte[] key, CancellationToken cancel);
    Task KeepAsync(byte[] key, string prompt, CachedAnswer answer, CancellationToken cancel);
    Task<AnswerCacheView> ViewAsync(CancellationToken cancel);
    /// <summary>Takes all away, what lies in the database in the caller's transaction.</summary>
    /// <returns>How many there were.</returns>
    Task<long> ClearAsync(DbConnection connection, CancellationToken cancel);
}

internal sealed record CachedAnswer(string Model, string Text, long TokensIn, long TokensOut);

/// <summary>Bound to the section <c>Cache</c>.</summary>
internal sealed class CacheOptions
{
    public const string Section = "Cache";

    public bool Enabled { get; set; } = true;
    public int TimeToLiveSeconds { get; set; } = 3600;
    /// <summary>Answers of language models that are kept; the ones unused for longest go first.</summary>
    public int MaxAnswers { get; set; } = 20_000;
    /// <summary>Vectors of questions that are kept in Redis; without it a process keeps up to 2,000 for itself.</summary>
    public int MaxVectors { get; set; } = 20_000;
    /// <summary>Longest answer that is kept, in characters.</summary>
    public int MaxAnswerCharacters { get; set; } = 32_768;

    /// <returns>Null, or what to change.</returns>
    public string? Problem()
    {
        if (TimeToLiveSeconds < 1) return $"{Section}:TimeToLiveSeconds (CACHE_TTL) is {TimeToLiveSeconds}; set it to 1 or more, or {Section}:Enabled to false.";
        if (MaxAnswers < 1) return $"{Section}:MaxAnswers is {MaxAnswers}; set it to 1 or more.";
        if (MaxVectors < 1) return $"{Section}:MaxVectors is {MaxVectors}; set it to 1 or more.";
        return MaxAnswerCharacters < 1 ? $"{Section}:MaxAnswerCharacters is {MaxAnswerCharacters}; set it to 1 or more." : null;
    }
}
