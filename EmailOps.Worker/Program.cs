using EmailOps.Worker;
using EmailOps.Core.Data;
using EmailOps.ServiceDefaults.Startup;

return await ContainerVerbs.TryRunAsync(args)
    ?? await Process.RunAsync(() => WorkerHost.Create(args), app => app.Services.GetRequiredService<MigrateAtStart>().StartAsync(CancellationToken.None), StoreFailures.Explain);
