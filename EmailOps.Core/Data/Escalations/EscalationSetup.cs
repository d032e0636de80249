using EmailOps.Core.Escalations;
using EmailOps.Core.Escalations.Channels;
using EmailOps.Core.Mailboxes.Checking;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace EmailOps.Core.Data.Escalations;

internal static class EscalationSetup
{
    public static void Add(IServiceCollection services, IConfiguration configuration)
    {
        StoreSetup.AddChecked<EscalationOptions>(services, configuration, EscalationOptions.Section, o => o.Problem());
        services.PostConfigure<EscalationOptions>(o => o.PublicUrl ??= configuration["WEB_PUBLIC_URL"]);
        services.AddSingleton<ServiceLevelStore>();
        services.AddSingleton<EscalationStore>();
        services.AddSingleton<EscalationPeople>();
        services.AddSingleton<EscalationClock>();
        services.AddSingleton<EscalationViews>();
        services.AddSingleton<EscalationKey>();
        services.AddSingleton<ChannelStore>();
        services.AddSingleton<NotificationStore>();
        services.AddSingleton<ChannelDesk>();
        services.AddSingleton<IHealthComponent, ChannelHealth>();
        services.AddSingleton<TeamsWorkflow>();
        services.AddSingleton(s => new TeamsChat(async cancel => await s.GetRequiredService<TeamsAccess>().FindAsync(cancel) is { } user ? (user.Account, user.Client) : null));
        services.AddSingleton<INotificationChannel, WebhookChannel>();
        services.AddSingleton<INotificationChannel, SlackChannel>();
        services.AddSingleton<INotificationChannel, TeamsChannel>();
        services.AddSingleton<INotificationChannel, PagerDutyChannel>();
        services.AddSingleton<INotificationChannel>(s => new EmailChannel((id, cancel) => s.GetRequiredService<MailboxAccess>().OpenAsync(id, cancel), s.GetRequiredService<TimeProvider>()));
    }
}
