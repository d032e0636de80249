using EmailOps.Core.Mailboxes.OAuth;
using EmailOps.Core.Mailboxes.Remote;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace EmailOps.Core.Data;

/// <summary>Registers what mailboxes behind a provider's API need; a line for each provider.</summary>
internal static class RemoteSetup
{
    public static void Add(IServiceCollection services, IConfiguration configuration)
    {
        StoreSetup.AddChecked<RemoteOptions>(services, configuration, RemoteOptions.Section, o => o.Problem());
        services.AddSingleton<RemoteFolderStore>();
        services.AddSingleton<GrantStore>();
        services.AddSingleton<OAuthClients>();
        services.AddSingleton<OAuthEndpoint>();
        services.AddSingleton<MailboxTokens>();
        services.AddSingleton<ProviderBreakers>();
        services.AddSingleton<RemoteProviders>();
    }
}
