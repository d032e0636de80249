using EmailOps.AppHost.Postgres;
using EmailOps.ServiceDefaults.Settings;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;

namespace EmailOps.AppHost.Embedded;

/// <summary>One of the hosts in this process.</summary>
/// <param name="Name">As a person calls it.</param>
/// <param name="Application">Its project.</param>
/// <param name="Address">Where it listens.</param>
/// <param name="PortKey">The setting of its port.</param>
/// <param name="Create">What its own Program calls as well.</param>
internal sealed record HostPart(string Name, string Application, Uri Address, string PortKey, Func<string[], WebApplication> Create)
{
    /// <summary>Builds and starts it.</summary>
    /// <param name="args">As on a command line of its own, where they win over the environment.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<WebApplication> StartAsync(string[] args, CancellationToken cancel)
    {
        WebApplication? host = null;
        try
        {
            host = Create([.. args, $"--urls={Address.GetLeftPart(UriPartial.Authority)}", $"--applicationName={Application}", $"--contentRoot={AppContext.BaseDirectory}"]);
            await host.StartAsync(cancel);
            return host;
        }
        catch (Exception failure)
        {
            if (host is not null)
                await host.DisposeAsync();
            throw Explain(failure, cancel);
        }
    }

    private Exception Explain(Exception failure, CancellationToken cancel) => failure switch
    {
        _ when cancel.IsCancellationRequested => new OperationCanceledException(cancel),
        InvalidSettingException or StartupException => failure,
        OptionsValidationException options => new StartupException($"The {Name} has settings it cannot use.", string.Join(' ', options.Failures), failure),
        _ when IsAddressInUse(failure) => Ports.Taken(Address.Port, PortKey, failure),
        _ => new StartupException($"The {Name} did not start: {failure.Message}", "The log says more; LOG_LEVEL=DEBUG makes it say still more.", failure),
    };

    private static bool IsAddressInUse(Exception? failure) => failure is not null && (failure is AddressInUseException || IsAddressInUse(failure.InnerException));
}
