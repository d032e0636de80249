using EmailOps.ServiceDefaults.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace EmailOps.ServiceDefaults.Startup;

/// <summary>The life of one process from its arguments to its exit code.</summary>
public static class Process
{
    /// <summary>Runs until stopped. What an operator can mend is said in one sentence on the error stream; anything else is ours and is seen whole.</summary>
    /// <param name="create">Builds the host.</param>
    /// <param name="prepare">Does first what most likely fails, before the host's own log would tell it with a stack.</param>
    /// <param name="explain">What a failure means for an operator; null when it means a fault of ours.</param>
    /// <returns>0 after an orderly stop, 1 when it could not start or broke down.</returns>
    public static async Task<int> RunAsync(Func<WebApplication> create, Func<WebApplication, Task> prepare, Func<Exception, string?> explain)
    {
        try
        {
            await using var app = create();
            app.Services.GetService<IStartupValidator>()?.Validate();
            await prepare(app);
            await app.RunAsync();
            return 0;
        }
        catch (OperationCanceledException)
        {
            return 0; // Ctrl-C while starting
        }
        catch (Exception failure) when (Sentence(failure, explain) is { } sentence)
        {
            await Console.Error.WriteLineAsync(sentence);
            return 1;
        }
    }

    private static string? Sentence(Exception failure, Func<Exception, string?> explain) => failure switch
    {
        InvalidSettingException => failure.Message,
        IOException { InnerException: Microsoft.AspNetCore.Connections.AddressInUseException taken } => $"{failure.Message} Stop what uses it, or set another port: ASPNETCORE_HTTP_PORTS, URLS, or --urls=http://127.0.0.1:PORT. ({taken.Message})",
        _ => explain(failure),
    };
}
