using EmailOps.Api;
using EmailOps.Core.Data;
using EmailOps.ServiceDefaults.Startup;

return await ContainerVerbs.TryRunAsync(args)
    ?? await Process.RunAsync(() => ApiHost.Create(args), app => app.Services.GetRequiredService<MigrateAtStart>().StartAsync(CancellationToken.None), StoreFailures.Explain);
