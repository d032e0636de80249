namespace EmailOps.Core.Triage.Consulting;

/// <summary>Where the language model pays, and what it may take; bound to the section <c>Consulting</c>.</summary>
internal sealed class ConsultOptions
{
    public const string Section = "Consulting";

    /// <summary>Below this probability of the category, 0-1, the model is asked for another opinion.</summary>
    public double UnsureBelow { get; set; } = 0.70;
    /// <summary>Below this grounding, 0-1, a draft of quoted passages is weak, and the model is asked for a better one.</summary>
    public double WeakGrounding { get; set; } = 0.55;
    /// <summary>From this many earlier messages a thread is long, and the model is asked for a summary.</summary>
    public int LongThread { get; set; } = 3;
    /// <summary>From this many characters a mail is long.</summary>
    public int LongText { get; set; } = 4_000;
    /// <summary>Longer mail is never sent to a model: what a mail wants does not need so many words, and tokens cost.</summary>
    public int MaxCharacters { get; set; } = 20_000;
    /// <summary>Of the new words of a mail so many characters are sent.</summary>
    public int PromptCharacters { get; set; } = 6_000;
    /// <summary>From this hostility, 0-1, a mail is never sent to a model.</summary>
    public double MostHostility { get; set; } = 0.40;
    /// <summary>How much a model's choice of category is believed, 0-1: its share of right answers, not what it says of itself.</summary>
    public double ModelTrust { get; set; } = 0.80;
    /// <summary>The team's own corrected mails shown as examples; each costs tokens.</summary>
    public int Examples { get; set; } = 4;
    /// <summary>Time for all questions about one message; what is not answered then is not waited for.</summary>
    public TimeSpan TimeBudget { get; set; } = TimeSpan.FromSeconds(60);
    /// <summary>Messages asked about side by side in one worker (LLM_CONCURRENCY). A model on this machine answers one after the other anyway.</summary>
    public int Concurrency { get; set; } = 2;
    /// <summary>A message that waited longer for its turn goes on without the model, and is judged again when there is less to do.</summary>
    public TimeSpan LongestWait { get; set; } = TimeSpan.FromMinutes(4);
    /// <summary>How long after its arrival a message judged without the model is judged again; older mail is history.</summary>
    public TimeSpan JudgeAgainFor { get; set; } = TimeSpan.FromDays(3);
    /// <summary>How often to look whether messages can be judged again.</summary>
    public TimeSpan LookEvery { get; set; } = TimeSpan.FromSeconds(15);
    /// <summary>Messages queued for judging again at one look.</summary>
    public int JudgeAgainBatch { get; set; } = 20;
    /// <summary>How long an answer that could not be used is believed to be bad luck: the pause before asking again, doubled each time.</summary>
    public TimeSpan UnusablePause { get; set; } = TimeSpan.FromMinutes(10);
    /// <summary>Attempts at a message whose answers could not be used.</summary>
    public int MostAttempts { get; set; } = 3;
    /// <summary>How long questions and answers are kept and shown. They hold mail, and nothing needs them for ever.</summary>
    public TimeSpan KeepCalls { get; set; } = TimeSpan.FromDays(90);
    /// <summary>Folder with prompt files of the team's own; those it lacks are the built-in ones.</summary>
    public string? Prompts { get; set; }

    /// <returns>Null, or what to change.</returns>
    public string? Problem() => this switch
    {
        { UnsureBelow: not (>= 0 and <= 1) } => Share(nameof(UnsureBelow), UnsureBelow),
        { WeakGrounding: not (>= 0 and <= 1) } => Share(nameof(WeakGrounding), WeakGrounding),
        { MostHostility: not (>= 0 and <= 1) } => Share(nameof(MostHostility), MostHostility),
        { ModelTrust: not (>= 0.5 and <= 0.99) } => $"{Section}:ModelTrust is {ModelTrust}; set it between 0.5 and 0.99.",
        { LongThread: < 1 } => $"{Section}:LongThread is {LongThread}; set it to 1 or more.",
        { LongText: < 500 } => $"{Section}:LongText is {LongText}; set it to 500 or more.",
        { MaxCharacters: < 500 or > 200_000 } => $"{Section}:MaxCharacters is {MaxCharacters}; set it between 500 and 200000.",
        { PromptCharacters: < 500 or > 100_000 } => $"{Section}:PromptCharacters is {PromptCharacters}; set it between 500 and 100000.",
        { Examples: < 0 or > 20 } => $"{Section}:Examples is {Examples}; set it between 0 and 20.",
        { Concurrency: < 1 or > 64 } => $"{Section}:Concurrency (LLM_CONCURRENCY) is {Concurrency}; set it between 1 and 64.",
        { JudgeAgainBatch: < 1 or > 1_000 } => $"{Section}:JudgeAgainBatch is {JudgeAgainBatch}; set it between 1 and 1000.",
        { MostAttempts: < 1 or > 20 } => $"{Section}:MostAttempts is {MostAttempts}; set it between 1 and 20.",
        _ when TimeBudget < TimeSpan.FromSeconds(1) || TimeBudget > TimeSpan.FromMinutes(30) => $"{Section}:TimeBudget is {TimeBudget}; set it between 00:00:01 and 00:30:00.",
        _ when KeepCalls < TimeSpan.FromDays(1) => $"{Section}:KeepCalls is {KeepCalls}; set it to 1.00:00:00 or longer.",
        _ when LongestWait <= TimeSpan.Zero => $"{Section}:LongestWait is {LongestWait}; it must be positive.",
        _ when LookEvery <= TimeSpan.Zero || UnusablePause <= TimeSpan.Zero || JudgeAgainFor <= TimeSpan.Zero => $"{Section}:LookEvery, UnusablePause and JudgeAgainFor must be positive.",
        _ when !string.IsNullOrEmpty(Prompts) && !Directory.Exists(Prompts) => $"{Section}:Prompts names {Prompts}, which does not exist. Set it to the folder with your prompt files, or leave it out.",
        _ => null,
    };

    private static string Share(string key, double value) => $"{Section}:{key} is {value}; set it between 0 and 1.";
}
