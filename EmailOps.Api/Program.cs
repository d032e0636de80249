using EmailOps.Api;
using EmailOps.Core.Data;
using EmailOps.ServiceDefaults.Startup;

return await Process.RunAsync(() => ApiHost.Create(args), StoreFailures.Explain);
