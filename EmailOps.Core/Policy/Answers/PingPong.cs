using System.Globalization;

namespace EmailOps.Core.Policy.Answers;

/// <summary>
/// Recognises robots that carry no header of a robot. Two things give them away: they say nearly the same again and again, and they answer faster than
/// a person reads. A robot gets one automatic answer to the same words in a day, and two when its words change but it answers at once.
/// </summary>
internal static class PingPong
{
    public const int MaxText = 4000, MaxEarlier = 8;
    /// <summary>Earlier messages that say the same, one of them answered by us, before the brake goes on.</summary>
    public const int SameBeforeBrake = 2;
    /// <summary>Messages that came at once after an answer of ours, this one counted, before the brake goes on.</summary>
    public const int QuickBeforeBrake = 2;
    /// <summary>
    /// Share of common runs of five characters from which two texts say the same (Jaccard). Digits count as one sign, so ticket numbers and dates do not
    /// matter; a letter of 80 words may differ in some six of them. Letters of different people about the same thing share 0.05-0.3.
    /// </summary>
    public const double Same = 0.7;
    private const int RunLength = 5;
    /// <summary>Nobody reads an answer, writes the next letter and sends it within this time, twice running.</summary>
    private static readonly TimeSpan s_quick = TimeSpan.FromSeconds(60);
    /// <summary>Servers' clocks differ: an answer may seem to come just before what it answers.</summary>
    private static readonly TimeSpan s_skew = TimeSpan.FromSeconds(5);

    public static AnswerObstacle? Obstacle(AnswerFacts facts)
    {
        var answered = facts.Earlier.Where(e => e.AnsweredAt is not null).ToArray();
        if (answered.Length == 0) return null;
        // The answer to itself, a moment after it came, tells nothing about who wrote it.
        bool Quick(DateTimeOffset arrived, EarlierMessage? itself) => answered.Any(a => !ReferenceEquals(a, itself) && arrived - a.AnsweredAt >= -s_skew && arrived - a.AnsweredAt <= s_quick);
        var quick = facts.Earlier.Count(e => Quick(e.ArrivedAt, e)) + (Quick(facts.ArrivedAt, null) ? 1 : 0);
        if (quick >= QuickBeforeBrake && Quick(facts.ArrivedAt, null))
            return AnswerRules.Braked(facts.Recipient, $"{facts.Recipient} wrote within {s_quick.TotalSeconds:0} seconds of an automatic answer, {Times(quick)}: probably a robot.", null);

        var words = Runs(facts.Words);
        var same = facts.Earlier.Where(e => Similarity(words, Runs(e.Words)) >= Same).ToArray();
        if (!same.Any(e => e.AnsweredAt is not null)) return null;
        return same.Length >= SameBeforeBrake
            ? AnswerRules.Braked(facts.Recipient, $"{facts.Recipient} wrote nearly the same {Times(same.Length + 1)} within a day: probably a robot.", null)
            : new AnswerObstacle("Nearly the same words were answered automatically within a day; a second answer would not help.");
    }

    /// <summary>0-1; texts of fewer than five signs are the same or not.</summary>
    public static double Similarity(string one, string other) => Similarity(Runs(one), Runs(other));

    private static double Similarity(HashSet<int> one, HashSet<int> other)
    {
        if (one.Count == 0 || other.Count == 0) return one.Count == other.Count ? 1 : 0;
        var common = one.Count <= other.Count ? one.Count(other.Contains) : other.Count(one.Contains);
        return (double)common / (one.Count + other.Count - common);
    }

    /// <summary>Runs of characters rather than words: languages without spaces have runs too.</summary>
    private static HashSet<int> Runs(string text)
    {
        Span<char> signs = stackalloc char[Math.Min(text.Length, MaxText)];
        var length = 0;
        foreach (var c in text.AsSpan(0, signs.Length))
        {
            var sign = char.IsDigit(c) ? '0' : char.IsLetter(c) || char.GetUnicodeCategory(c) == UnicodeCategory.OtherLetter ? char.ToLowerInvariant(c) : ' ';
            if (length > 0 && signs[length - 1] == sign && sign is '0' or ' ') continue;
            signs[length++] = sign;
        }
        var all = signs[..length].Trim();
        var runs = new HashSet<int>(all.Length);
        if (all.Length is > 0 and < RunLength) runs.Add(string.GetHashCode(all));
        for (var i = 0; i + RunLength <= all.Length; i++) runs.Add(string.GetHashCode(all.Slice(i, RunLength)));
        return runs;
    }

    private static string Times(int count) => string.Create(CultureInfo.InvariantCulture, $"{count} times");
}
