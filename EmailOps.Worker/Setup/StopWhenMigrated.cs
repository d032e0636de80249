namespace EmailOps.Worker.Setup;

/// <summary>Ends the process of the migrate role once it has started, which means that the schema is up to date.</summary>
internal sealed class StopWhenMigrated(IHostApplicationLifetime life) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        life.ApplicationStarted.Register(life.StopApplication);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
