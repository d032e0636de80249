using EmailOps.Api.Access;
using EmailOps.Api.Analytics;
using EmailOps.Api.Alerting;
using EmailOps.Api.Drafts;
using EmailOps.Api.Escalations;
using EmailOps.Api.Intake;
using EmailOps.Api.Keys;
using EmailOps.Api.Knowledge;
using EmailOps.Api.Labels;
using EmailOps.Api.LanguageModels;
using EmailOps.Api.Mailboxes;
using EmailOps.Api.Messages;
using EmailOps.Api.Models;
using EmailOps.Api.Outbox;
using EmailOps.Api.Privacy;
using EmailOps.Api.Problems;
using EmailOps.Api.Requests;
using EmailOps.Api.Schedules;
using EmailOps.Api.Status;
using EmailOps.Api.Triage;
using EmailOps.Api.Work;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Core.Data.Analytics;
using EmailOps.Core.Data.Alerting;
using EmailOps.Core.Data.Redis;
using EmailOps.Core.LanguageModels;
using EmailOps.ServiceDefaults;
using EmailOps.ServiceDefaults.Logging;
using Microsoft.AspNetCore.Authentication;

namespace EmailOps.Api;

/// <summary>Builds the Api process; its own Program and the embedded AppHost both call it.</summary>
public static class ApiHost
{
    /// <summary>Guards memory: an article, the longest thing people write here, has half a million characters, a taxonomy to replay with a million.</summary>
    private const long MostBody = 8 * 1024 * 1024;

    public static WebApplication Create(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.AddServiceDefaults();
        builder.WebHost.ConfigureKestrel(k =>
        {
            k.AddServerHeader = false;
            // Of a body; routes that take files say how much they take.
            k.Limits.MaxRequestBodySize = MostBody;
        });
        builder.Services.AddEmailOpsStore(builder.Configuration);
        builder.Services.AddHostedService(s => s.GetRequiredService<MigrateAtStart>());
        RedisSetup.AddHints(builder.Services, builder.Configuration);
        builder.Services.AddHostedService(s => s.GetRequiredService<ModelWatch>());
        builder.Services.AddHostedService(s => ActivatorUtilities.CreateInstance<VitalBeat>(s, "api"));
        builder.Services.AddSingleton<MessageList>();
        builder.Services.AddSingleton<MessageDetails>();
        builder.Services.AddSingleton<Drafts.DraftViews>();
        builder.Services.AddSingleton<RawMails>();
        builder.Services.AddSingleton<FetchAgain>();
        builder.Services.AddSingleton<KeyCache>();
        builder.Services.AddChecks();
        builder.Services.AddHostedService(s => ActivatorUtilities.CreateInstance<LogLevelWatch>(s, (Action<LogLevel?>)s.GetRequiredService<LogLevelSwitch>().Set));
        builder.Services.ConfigureHttpJsonOptions(o => ContractJson.Configure(o.SerializerOptions));
        builder.Services.AddProblemDetails(o => o.CustomizeProblemDetails = ApiProblems.Describe);
        builder.Services.AddAuthentication(ApiKeyAuthentication.SchemeName).AddScheme<AuthenticationSchemeOptions, ApiKeyAuthentication>(ApiKeyAuthentication.SchemeName, null);
        builder.Services.AddAuthorization(Permission.AddPolicies);
        builder.Services.AddApiLimits();
        builder.Services.AddOpenApi();
        AnalyticsSetup.AddSampler(builder.Services, SystemSamples.Api);
        builder.Services.AddSingleton<PublicStatusDesk>();

        var app = builder.Build();
        app.UseApiHeaders();
        app.UseMiddleware<Refusals>();
        app.UseRequestCounting();
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.UseAuthentication();
        app.UseRateLimiter();
        app.UseAuthorization();
        app.UseMiddleware<IdempotentPosts>();
        app.MapDefaultEndpoints();
        app.MapOpenApi().Anyone();
        app.MapMessages();
        app.MapDrafts();
        app.MapOutbox();
        app.MapImports();
        app.MapLedger();
        app.MapReading();
        app.MapProcess();
        app.MapOperations();
        app.MapAlerts();
        app.MapSchedule();
        app.MapBackups();
        app.MapPrivacy();
        app.MapMailboxes();
        app.MapMailboxSetup();
        app.MapReplies();
        app.MapProviders();
        app.MapArticles();
        app.MapKnowledge();
        app.MapTriage();
        app.MapModels();
        app.MapLabels();
        app.MapAssessments();
        app.MapEscalations();
        app.MapChannels();
        app.MapHooks();
        app.MapGraphHook();
        app.MapEvents();
        app.MapLanguageModels();
        app.MapSignIn();
        app.MapSession();
        app.MapUsers();
        app.MapAudit();
        app.MapHealth();
        app.MapChecks();
        app.MapValidation();
        app.MapAnalytics();
        app.MapStatusPage();
        return app;
    }
}
