using EmailOps.Core.Data;
using EmailOps.Core.Data.Analytics;
using EmailOps.Core.Data.Alerting;
using EmailOps.Core.Data.Redis;
using EmailOps.Core.LanguageModels;
using EmailOps.Core.Mailboxes;
using EmailOps.Core.Triage.Consulting;
using EmailOps.Core.Work;
using EmailOps.ServiceDefaults;
using EmailOps.ServiceDefaults.Logging;
using EmailOps.Worker.Admin;
using EmailOps.Worker.Analytics;
using EmailOps.Worker.Access;
using EmailOps.Worker.Delivery;
using EmailOps.Worker.Escalations;
using EmailOps.Worker.Functions;
using EmailOps.Worker.Intake;
using EmailOps.Worker.Intake.Remote;
using EmailOps.Worker.Learning;
using EmailOps.Worker.Monitor;
using EmailOps.Worker.Registry;
using EmailOps.Worker.Schedules;
using EmailOps.Worker.Setup;
using EmailOps.Worker.Stages;

namespace EmailOps.Worker;

/// <summary>Builds the Worker process; its own Program and the embedded AppHost both call it.</summary>
public static partial class WorkerHost
{
    /// <summary>With <c>EMAILOPS_ROLE=migrate</c> the process brings the schema up to date and ends.</summary>
    public const string RoleKey = "EMAILOPS_ROLE";

    /// <summary>What is left for giving back and saying goodbye when the drain is over.</summary>
    private static readonly TimeSpan AfterDrain = TimeSpan.FromSeconds(8);

    public static WebApplication Create(string[] args) => Create(args, _ => { });

    /// <param name="first">Registers what is to take the place of something of ours, such as the clock.</param>
    internal static WebApplication Create(string[] args, Action<IServiceCollection> first)
    {
        var builder = WebApplication.CreateBuilder(args);
        first(builder.Services);
        builder.AddServiceDefaults();
        builder.Services.AddEmailOpsStore(builder.Configuration);
        builder.Services.AddHostedService(s => s.GetRequiredService<MigrateAtStart>());
        if (builder.Configuration[RoleKey] == "migrate") builder.Services.AddHostedService<StopWhenMigrated>();
        else AddWork(builder);
        AddTopology(builder);

        var app = builder.Build();
        app.MapDefaultEndpoints();
        if (builder.Configuration[RoleKey] != "migrate") app.MapClearCache();
        MapTopology(app);
        return app;
    }

    /// <summary>What a topology adds; nothing in the embedded one.</summary>
    static partial void AddTopology(WebApplicationBuilder builder);

    /// <inheritdoc cref="AddTopology"/>
    static partial void MapTopology(WebApplication app);

    private static void AddWork(WebApplicationBuilder builder)
    {
        StoreSetup.AddChecked<MailboxOptions>(builder.Services, builder.Configuration, MailboxOptions.Section, o => o.Problem());
        builder.Services.AddOptions<HostOptions>().Configure<WorkOptions>((host, work) =>
        {
            host.ServicesStopConcurrently = true;
            host.ShutdownTimeout = work.DrainTime + AfterDrain;
        });
        builder.Services.AddSingleton<WorkerIdentity>();
        builder.Services.AddSingleton<StageActivity>();
        builder.Services.AddSingleton<Drain>();
        builder.Services.AddHostedService<WorkerBeat>();
        builder.Services.AddHostedService(s => ActivatorUtilities.CreateInstance<LogLevelWatch>(s, (Action<LogLevel?>)s.GetRequiredService<LogLevelSwitch>().Set));
        builder.Services.AddHostedService<KnowledgeAtStart>();
        builder.Services.AddHostedService<MailboxAtStart>();
        RedisSetup.AddHints(builder.Services, builder.Configuration);
        builder.Services.AddHostedService(s => s.GetRequiredService<ModelWatch>());
        builder.Services.AddSingleton<TriageFunctions>();
        builder.Services.AddSingleton<KnowledgeFunctions>();
        builder.Services.AddSingleton<MailIntake>();
        builder.Services.AddSingleton<ImapVisit>();
        builder.Services.AddSingleton<RemoteStores>();
        builder.Services.AddSingleton<RemoteVisit>();
        builder.Services.AddSingleton<MailboxLoop>();
        builder.Services.AddHostedService<IntakeSupervisor>();
        builder.Services.AddHostedService<WordsWatch>();
        AddStage<TriageStage>(builder.Services);
        AddConsulting(builder.Services);
        AddStage<PolicyStage>(builder.Services);
        AddStage<DeliveryStage>(builder.Services);
        AddStage<SendingStage>(builder.Services);
        AddStage<SentCopyStage>(builder.Services);
        AddStage<BounceStage>(builder.Services);
        AddEscalations(builder.Services);
        AddStage<LearningStage>(builder.Services);
        builder.Services.AddSingleton<ResultKeeper>();
        builder.Services.AddSingleton<LookUp>();
        builder.Services.AddSingleton<WayOut>();
        builder.Services.AddSingleton<SendingOwner>();
        builder.Services.AddHostedService(s => s.GetRequiredService<SendingOwner>());
        builder.Services.AddHostedService<OutboxWatch>();
        builder.Services.AddHostedService<LearningSchedule>();
        builder.Services.AddHostedService<AssessmentRunner>();
        builder.Services.AddHostedService<KnowledgeWatch>();
        builder.Services.AddHostedService<SamplesAtStart>();
        builder.Services.AddHostedService<QueueGauge>();
        builder.Services.AddAccess();
        builder.Services.AddHostedService<StoreGauge>();
        builder.Services.AddHostedService(s => ActivatorUtilities.CreateInstance<VitalBeat>(s, "worker"));
        builder.Services.AddMonitor();
        builder.Services.AddSchedule();
        // Only where Graph can reach us; the name is the setting's key.
        if (!string.IsNullOrEmpty(builder.Configuration["Microsoft365:NotificationUrl"])) builder.Services.AddSingleton<Core.Schedules.IScheduledJob, SubscriptionJob>();
        builder.Services.AddHostedService<AnalyticsWatch>();
        AnalyticsSetup.AddSampler(builder.Services, SystemSamples.Worker);
    }

    /// <summary>A message a claim, so that the most urgent is always next; held for as long as asking may take; loops that wait for a model, not for a processor.</summary>
    private static void AddConsulting(IServiceCollection services)
    {
        services.AddSingleton<ConsultStage>();
        services.AddSingleton<IHostedService>(s =>
        {
            var (consult, work) = (s.GetRequiredService<ConsultOptions>(), s.GetRequiredService<WorkOptions>());
            var own = new WorkOptions
            {
                BatchSize = 1, FixedLoops = consult.Concurrency, Lease = consult.TimeBudget + work.Lease, MaxAttempts = work.MaxAttempts, Backoff = work.Backoff, MaxBackoff = work.MaxBackoff, PollFloor = work.PollFloor,
                BatchTime = work.BatchTime, WorkerLease = work.WorkerLease, DrainTime = work.DrainTime,
            };
            return ActivatorUtilities.CreateInstance<StageLoop>(s, s.GetRequiredService<ConsultStage>(), new WorkQueue(s.GetRequiredService<Npgsql.NpgsqlDataSource>(), own), own);
        });
        services.AddHostedService<ConsultWatch>();
    }

    /// <summary>Telling waits for servers, not for a processor, and takes what the slowest of a batch takes: few at once, and as long as all its calls may take.</summary>
    private static void AddEscalations(IServiceCollection services)
    {
        AddStage<EscalationStage>(services);
        services.AddSingleton<NotifyStage>();
        services.AddSingleton<IHostedService>(s =>
        {
            var work = s.GetRequiredService<WorkOptions>();
            var own = new WorkOptions
            {
                BatchSize = 8, FixedLoops = 2, Lease = work.Lease + TimeSpan.FromMinutes(1), MaxAttempts = work.MaxAttempts, Backoff = work.Backoff, MaxBackoff = work.MaxBackoff, PollFloor = work.PollFloor,
                BatchTime = work.BatchTime, WorkerLease = work.WorkerLease, DrainTime = work.DrainTime,
            };
            return ActivatorUtilities.CreateInstance<StageLoop>(s, s.GetRequiredService<NotifyStage>(), new WorkQueue(s.GetRequiredService<Npgsql.NpgsqlDataSource>(), own), own);
        });
        services.AddHostedService<EscalationWatch>();
    }

    private static void AddStage<T>(IServiceCollection services) where T : class, IStage
    {
        services.AddSingleton<T>();
        services.AddSingleton<IHostedService>(s => ActivatorUtilities.CreateInstance<StageLoop>(s, s.GetRequiredService<T>()));
    }
}
