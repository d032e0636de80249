using EmailOps.ServiceDefaults.Startup;
using EmailOps.Web;
using Microsoft.Extensions.Options;

return await ContainerVerbs.TryRunAsync(args)
    ?? await Process.RunAsync(() => WebHost.Create(args), _ => Task.CompletedTask, failure => failure is OptionsValidationException options ? string.Join(Environment.NewLine, options.Failures) : null);
