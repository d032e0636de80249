using EmailOps.Cli;

return await CliHost.RunAsync(args, Terminal.Out(), Terminal.Error());
