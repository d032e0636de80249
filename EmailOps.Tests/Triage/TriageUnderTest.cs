using EmailOps.Core.Contracts;
using EmailOps.Core.Knowledge;
using EmailOps.Core.Messages;
using EmailOps.Core.Policy;
using EmailOps.Core.Triage;

namespace EmailOps.Tests.Triage;

/// <summary>The real pipeline over the samples, trained once for all tests.</summary>
internal static class TriageUnderTest
{
    private static readonly Lazy<TriageSetup> s_setup = new(() => TriageSetup.Load(TriagePaths.Samples(Samples, null), TimeProvider.System));
    private static readonly Lazy<TriagePipeline> s_pipeline = new(() => Setup.Pipeline(KnowledgeFolder.Read(Path.Combine(Samples, "knowledge")).Articles));

    public static string Samples => Path.Combine(Checkout.Root, "samples");
    public static TriageSetup Setup => s_setup.Value;
    public static TriagePipeline Pipeline => s_pipeline.Value;

    /// <summary>A Friday.</summary>
    public static DateTimeOffset Now { get; } = new(2026, 11, 20, 9, 0, 0, TimeSpan.Zero);

    public static IncomingMessage Mail(string text, string subject = "", string from = "kim@customer.test", string? name = "Kim Berg") => new()
    {
        Id = 1,
        MailboxId = 1,
        Subject = subject,
        From = new Correspondent(name, from),
        ReceivedAt = Now,
        Text = text,
        NewText = text,
    };

    public static TriageResult Run(string text, string subject = "") => Pipeline.Run(Mail(text, subject));

    public static Decision Decide(TriageResult result) => PolicyRules.Decide(result, MailboxPolicy.Default, Setup.Taxonomy.Find(result.Category), Now);
}
