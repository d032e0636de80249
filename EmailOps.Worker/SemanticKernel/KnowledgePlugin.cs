using System.ComponentModel;
using EmailOps.Worker.Functions;
using Microsoft.SemanticKernel;

namespace EmailOps.Worker.SemanticKernel;

/// <summary>Knowledge search as a kernel function; what it does stands in <see cref="KnowledgeFunctions"/>.</summary>
internal sealed class KnowledgePlugin(KnowledgeFunctions functions)
{
    public const string Name = "knowledge";

    [KernelFunction("search")]
    [Description("Finds passages of the team's articles that answer a question; none when nothing does.")]
    public Task<IReadOnlyList<KnowledgeFunctions.Passage>> SearchAsync([Description("The question, in any language")] string question, [Description("How many passages at most; 5 when left out")] int? take = null, CancellationToken cancellationToken = default)
        => functions.SearchAsync(question, take, cancellationToken);
}
