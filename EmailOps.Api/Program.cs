using EmailOps.Api;

await ApiHost.Create(args).RunAsync();
