using System.ComponentModel;
using EmailOps.Worker.Functions;
using Microsoft.SemanticKernel;

namespace EmailOps.Worker.SemanticKernel;

/// <summary>Triage's agents as kernel functions; what they do stands in <see cref="TriageFunctions"/>. None has an effect, so a model may call any.</summary>
internal sealed class TriagePlugin(TriageFunctions functions)
{
    public const string Name = "triage";

    [KernelFunction("classify")]
    [Description("Says which of the team's categories an e-mail belongs to, how sure that is, and how it would be handled.")]
    public Task<TriageFunctions.Classified> ClassifyAsync([Description("The e-mail's subject")] string subject, [Description("The e-mail's text")] string body, CancellationToken cancellationToken = default)
        => functions.ClassifyAsync(subject, body, cancellationToken);

    [KernelFunction("priority")]
    [Description("Says how urgent an e-mail is, from 1 (can wait) to 10 (now).")]
    public Task<TriageFunctions.Prioritised> PriorityAsync([Description("The e-mail's subject")] string subject, [Description("The e-mail's text")] string body, CancellationToken cancellationToken = default)
        => functions.PrioritiseAsync(subject, body, cancellationToken);

    [KernelFunction("summarise")]
    [Description("Sums an e-mail up in its own sentences.")]
    public Task<string> SummariseAsync([Description("The e-mail's subject")] string subject, [Description("The e-mail's text")] string body, CancellationToken cancellationToken = default)
        => functions.SummariseAsync(subject, body, cancellationToken);

    [KernelFunction("draft")]
    [Description("Drafts a reply from the team's own articles; none when no article answers the e-mail. Nothing is sent.")]
    public Task<TriageFunctions.Drafted> DraftAsync([Description("The e-mail's subject")] string subject, [Description("The e-mail's text")] string body, CancellationToken cancellationToken = default)
        => functions.DraftAsync(subject, body, cancellationToken);
}
