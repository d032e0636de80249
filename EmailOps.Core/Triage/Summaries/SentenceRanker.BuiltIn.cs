namespace EmailOps.Core.Triage.Summaries;

internal sealed partial record SentenceRanker
{
    /// <summary>What makes a sentence of an e-mail thread worth showing: fitted once on threads that people summed up, then rounded. Order as in <see cref="SentenceTraits"/>.</summary>
    public static SentenceRanker BuiltIn { get; } = new(
    [
        // How long it is.
        0.02f, 0.01f, 0, -0.063f, -0.1f,
        // Quoted, repeated, quoted later.
        -0.066f, -0.068f, 0.009f, 0.015f,
        // Where its mail stands, where it stands in its mail, after a quotation.
        -0.02f, 0, -0.018f, -0.119f, -0.065f, 0.035f, 0.047f, 0.141f, 0.084f,
        // Words of the subject, of the whole thread, of other mails.
        0.027f, 0.052f, 0.046f, -0.003f, 0.007f, 0.015f,
        // Questions.
        -0.007f, 0.106f,
        // Name, politeness, attribution, link, marks; request, opinion, figures.
        -0.02f, -0.074f, -0.05f, 0.012f, -0.025f, 0.02f, 0.024f, -0.011f,
        // Share of its mail, small beginning, full stop; constant.
        0.095f, 0.017f, 0.069f, 0.136f,
    ]);
}
