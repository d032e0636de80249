using EmailOps.Core.Data.Articles;
using EmailOps.Core.Knowledge;
using EmailOps.Core.Triage;

namespace EmailOps.Worker.Setup;

/// <summary>Reads the team's articles into the store before the first message is judged. What people edited or deleted in the console since stays as they left it.</summary>
internal sealed class KnowledgeAtStart(ArticleImport articles, TriageOptions options, ILogger<KnowledgeAtStart> log) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var read = await articles.RunAsync(KnowledgeFolder.Read(options.KnowledgeFolder), "emailops", ImportMode.AtStart, cancellationToken);
        if (read.Added + read.Changed > 0) SetupLog.ArticlesRead(log, read.Added + read.Changed);
        if (read.Kept > 0) SetupLog.ArticlesKept(log, read.Kept);
        foreach (var problem in read.Problems) SetupLog.ArticleUnusable(log, problem.File, problem.Problem);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
