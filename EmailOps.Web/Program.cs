using EmailOps.Web;

await WebHost.Create(args).RunAsync();
