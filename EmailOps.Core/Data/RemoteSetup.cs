using EmailOps.Core.Mailboxes.Checking;
using EmailOps.Core.Mailboxes.Gmail;
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
        services.AddSingleton<SignInStore>();
        services.AddSingleton<MailboxTokens>();
        services.AddSingleton<TokenSources>(s => s.GetRequiredService<MailboxTokens>().For);
        services.AddSingleton<OAuthSignIns>();
        services.AddSingleton<TeamsAccess>();
        services.AddSingleton<GraphSubscriptions>();
        services.AddSingleton<ProviderBreakers>();
        services.AddSingleton<ProviderStatus>();
        services.AddSingleton<IHealthComponent, ProviderHealth>();
        services.AddSingleton<IHealthComponent, GrantHealth>();
        services.AddSingleton<RemoteProviders>();
        StoreSetup.AddChecked<GmailOptions>(services, configuration, GmailOptions.Section, o => o.Problem());
        services.AddSingleton<GmailHttp>();
        services.AddSingleton<IOAuthSource, GmailOAuth>();
        services.AddSingleton<IRemoteProvider, GmailProvider>();
    }
}
