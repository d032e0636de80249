using Microsoft.Extensions.DependencyInjection;

namespace EmailOps.Core.Outgoing;

internal static class OutgoingSetup
{
    /// <summary>The options are bound by the store's setup, like all of Core's.</summary>
    public static IServiceCollection AddOutgoing(this IServiceCollection services) => services.AddSingleton<OutgoingHttp>();
}
