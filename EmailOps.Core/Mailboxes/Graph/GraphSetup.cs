using EmailOps.Core.Mailboxes.OAuth;
using EmailOps.Core.Mailboxes.Remote;
using Microsoft.Extensions.DependencyInjection;

namespace EmailOps.Core.Mailboxes.Graph;

/// <summary>Registers Microsoft 365. Options are registered by the store.</summary>
internal static class GraphSetup
{
    public static IServiceCollection AddGraph(this IServiceCollection services)
    {
        services.AddSingleton<GraphHttp>();
        services.AddSingleton<GraphLogin>();
        services.AddSingleton<GraphClients>();
        services.AddSingleton<GraphDiagnosis>();
        services.AddSingleton<IRemoteProvider, GraphProvider>();
        services.AddSingleton<IOAuthSource, GraphOAuth>();
        return services;
    }
}
