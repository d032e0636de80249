using Microsoft.Extensions.Hosting;

namespace EmailOps.Core.LanguageModels;

/// <summary>Looks at the providers in the background, so that nobody waits for a server that is not there.</summary>
internal sealed class ModelWatch(ModelRoster roster, LanguageModelOptions options, TimeProvider clock) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Enabled) return;
        using var timer = new PeriodicTimer(options.ProbeEvery, clock);
        try
        {
            do await roster.LookAsync(TimeSpan.Zero, stoppingToken);
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return;
        }
    }
}
