namespace EmailOps.Core.Knowledge.Search;

/// <summary>Below this nothing is an answer: "we don't know". For words; the floor of meaning is measured per model (<see cref="Meaning.OffTopic"/>).</summary>
internal static class KnowledgeFloor
{
    /// <summary>Least score of a passage. One rare word of a heading, or two of the text, reach it; one common word does not.</summary>
    public const double Score = 4.2;
    /// <summary>Least share of the question's weight: for a single question, and for a whole mail, in which much is beside the point.</summary>
    public const double QuestionCoverage = 0.33, MailCoverage = 0.12;
    /// <summary>A text of so many words that say something is a question; of so many, a whole mail.</summary>
    private const int QuestionTerms = 8, MailTerms = 30;
    /// <summary>A passage that shares a single word with a question of several answers it by accident only.</summary>
    private const float LeastMatched = 1.3f, LeastMatchedOfOne = 0.6f;

    /// <param name="asked">Different words of the question that say something.</param>
    /// <param name="sameLanguage">Across languages words are few and telling (keywords, names).</param>
    public static double LeastCoverage(int asked, bool sameLanguage)
        => sameLanguage ? QuestionCoverage - (QuestionCoverage - MailCoverage) * Math.Clamp((asked - QuestionTerms) / (double)(MailTerms - QuestionTerms), 0, 1) : MailCoverage;

    public static float LeastMatchedOf(int asked, bool sameLanguage) => sameLanguage && asked > 1 ? LeastMatched : LeastMatchedOfOne;

    /// <param name="matched">How many terms were found; a misspelt one counts as much as it is alike.</param>
    public static bool Admits(double score, double coverage, double matched, int asked, bool sameLanguage)
        => score >= Score && coverage >= LeastCoverage(asked, sameLanguage) && matched >= LeastMatchedOf(asked, sameLanguage);

    /// <summary>A score from which words need no support of meaning, and the share of the floor of meaning that supports them below it.</summary>
    private const double SureScore = 2.5 * Score, Support = 0.45;

    /// <summary>
    /// Whether a passage found by words stands when meaning is known too: two words in common by accident ("write", "autumn") reach the floor of words in passages that are about
    /// something else altogether, and then meaning is far away.
    /// </summary>
    /// <param name="meaning">Cosine with the question.</param>
    /// <param name="meaningFloor">Measured for the model; 1 while it is not.</param>
    public static bool IsSupported(double score, double meaning, double meaningFloor) => score >= SureScore || meaningFloor >= 1 || meaning >= Support * meaningFloor;
}
