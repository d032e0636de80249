namespace EmailOps.Core.Knowledge.Meaning;

/// <summary>
/// Questions about everything under the sun. However a model scales its vectors, what comes nearest to most of these in a team's own articles is still not an answer, so the floor
/// is measured with them on those articles. One team may know one of the subjects; the floor is a quantile, not the highest.
/// </summary>
internal static class OffTopic
{
    /// <summary>Share of these questions that stay below the floor.</summary>
    public const double Quantile = 0.95;
    /// <summary>A little above, since questions are never quite these.</summary>
    public const double Margin = 0.02;

    public static IReadOnlyList<string> Questions { get; } =
    [
        "What is the capital of Australia?", "Who painted the ceiling of the Sistine Chapel?", "How many moons does Jupiter have?", "Why do cats purr when they are content?",
        "How do I bake sourdough bread without a Dutch oven?", "Which chess opening suits a beginner who likes to attack?", "What is the boiling point of nitrogen?", "Who won the world cup in 1974?",
        "How do bees find their way back to the hive?", "Explain the difference between a fugue and a canon.", "When was the printing press invented?", "Can you recommend a novel about the sea?",
        "How is glass made from sand?", "What causes the northern lights?", "How do I tune a violin?", "What does photosynthesis need besides light?", "Who discovered penicillin?",
        "How far is it from Paris to Rome by train?", "What is the plot of Hamlet?", "How deep is the Mariana Trench?", "Which planets can be seen tonight?", "How do vaccines train the immune system?",
        "Wie heißt die Hauptstadt von Kanada?", "Warum ist der Himmel blau?", "Wie züchtet man Tomaten auf dem Balkon?", "Wer schrieb den Zauberberg?", "Wie viele Tasten hat ein Klavier?", "Was ist ein schwarzes Loch?",
        "Welche Sprachen spricht man in der Schweiz?", "Wie entsteht ein Gewitter?", "Quelle est la hauteur du mont Blanc ?", "Qui a composé le Boléro ?", "Comment fait-on une omelette ?", "Pourquoi les feuilles tombent-elles en automne ?",
        "Combien de joueurs compte une équipe de rugby ?", "¿Cuál es el río más largo de Sudamérica?", "¿Quién escribió Don Quijote?", "¿Cómo se toca la guitarra flamenca?", "¿Por qué hay mareas?", "Qual è il vulcano più alto d'Europa?",
        "Chi ha scritto la Divina Commedia?", "Come si prepara il risotto?", "Hoe hoog is de Eiffeltoren?", "Wie schilderde De Nachtwacht?", "Jak długa jest Wisła?", "Kto odkrył polon?", "Hur gammalt är universum?", "Vem skrev Pippi Långstrump?",
    ];

    /// <summary>The floor that the likeness of each question's nearest passage gives.</summary>
    public static double Floor(IReadOnlyCollection<double> nearest)
    {
        if (nearest.Count == 0) return 1;
        var ordered = nearest.Order().ToArray();
        return Math.Min(0.999, ordered[(int)Math.Min(ordered.Length - 1, Math.Ceiling(Quantile * ordered.Length) - 1)] + Margin);
    }
}
