namespace EmailOps.Benchmarks.Predict;

/// <summary>Where a task reads from.</summary>
/// <param name="Data">The folder of the data set: message files in sub-folders, or one file of cases. Expected values in it are never read.</param>
/// <param name="Train">A folder with training examples, or null.</param>
/// <param name="Out">The file the lines go to; a task whose scorer reads one thing a file writes further files beside it (<see cref="SideFiles"/>).</param>
internal sealed record PredictInput(string Data, string? Train, string? Out = null);

/// <summary>Gives one line of JSON for each case, in any order.</summary>
internal delegate IEnumerable<string> PredictTask(PredictInput input);

/// <summary>The tasks by name; a task is one line here and one file beside this one.</summary>
internal static class PredictTasks
{
    public static readonly IReadOnlyDictionary<string, PredictTask> All = new Dictionary<string, PredictTask>
    {
        ["mime-parse"] = MimeParse.Run,
        ["reply-stripping"] = ReplyStripping.Run,
        ["auto-mail"] = AutoMail.Run,
        ["intent"] = Intent.Run,
        ["prompt-injection"] = PromptInjection.Run,
        ["retrieval"] = Retrieval.Run,
        ["multilabel"] = MultiLabel.Run,
        ["speech-act"] = SpeechAct.Run,
        ["tickets"] = Tickets.Run,
        ["spam-ham"] = SpamHam.Run,
        ["summary"] = Summary.Run,
    };
}
