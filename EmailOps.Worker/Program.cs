using EmailOps.Worker;

await WorkerHost.Create(args).RunAsync();
