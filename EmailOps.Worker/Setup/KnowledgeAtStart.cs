using EmailOps.Core.Data;
using EmailOps.Core.Knowledge;
using EmailOps.Core.Triage;

namespace EmailOps.Worker.Setup;

/// <summary>Reads the team's articles into the store before the first message is judged.</summary>
internal sealed class KnowledgeAtStart(ArticleStore articles, TriageOptions options, ILogger<KnowledgeAtStart> log) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var changed = await articles.SaveAsync(KnowledgeFolder.Load(options.KnowledgeFolder), cancellationToken);
        if (changed > 0) SetupLog.ArticlesRead(log, changed);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
