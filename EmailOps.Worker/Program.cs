using EmailOps.Worker;
using EmailOps.Core.Data;
using EmailOps.ServiceDefaults.Startup;

return await Process.RunAsync(() => WorkerHost.Create(args), StoreFailures.Explain);
