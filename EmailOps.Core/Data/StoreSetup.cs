using System.Data.Common;
using EmailOps.Core.Data.Access;
using EmailOps.Core.Alerts;
using EmailOps.Core.Data.Alerting;
using EmailOps.Core.Data.Articles;
using EmailOps.Core.Data.Backups;
using EmailOps.Core.Data.Escalations;
using EmailOps.Core.Data.Lessons;
using EmailOps.Core.Data.Redis;
using EmailOps.Core.Data.Schedules;
using EmailOps.Core.Delivery;
using EmailOps.Core.Knowledge.Meaning;
using EmailOps.Core.LanguageModels;
using EmailOps.Core.LanguageModels.Routing;
using EmailOps.Core.Mailboxes;
using EmailOps.Core.Mailboxes.Connecting;
using EmailOps.Core.Mailboxes.Graph;
using EmailOps.Core.Messages;
using EmailOps.Core.Outgoing;
using EmailOps.Core.Policy;
using EmailOps.Core.Schedules;
using EmailOps.Core.Triage;
using EmailOps.Core.Triage.Consulting;
using EmailOps.Core.Work;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Npgsql;

namespace EmailOps.Core.Data;

/// <summary>Registers the store: one data source, one EF model over it, the queue, intake and the migrator.</summary>
internal static class StoreSetup
{
    public const string ConnectionName = "emailops";
    /// <summary>Connections of one process unless the connection string says otherwise; guards the server's max_connections.</summary>
    private const int MostConnections = 50;

    public static IServiceCollection AddEmailOpsStore(this IServiceCollection services, IConfiguration configuration)
    {
        AddChecked<DatabaseOptions>(services, configuration, DatabaseOptions.Section, o => o.Problem());
        AddChecked<WorkOptions>(services, configuration, WorkOptions.Section, o => o.Problem());
        AddChecked<IntakeOptions>(services, configuration, IntakeOptions.Section, o => o.Problem());
        AddChecked<TriageOptions>(services, configuration, TriageOptions.Section, o => o.Problem());
        AddChecked<DeliveryOptions>(services, configuration, DeliveryOptions.Section, o => o.Problem());
        AddChecked<PolicyOptions>(services, configuration, PolicyOptions.Section, o => o.Problem());
        AddChecked<ConsultOptions>(services, configuration, ConsultOptions.Section, o => o.Problem());
        AddChecked<SecretsOptions>(services, configuration, SecretsOptions.Section, o => o.Problem());
        AddChecked<LanguageModelOptions>(services, configuration, LanguageModelOptions.Section, o => o.Problem());
        services.PostConfigure<LanguageModelOptions>(o => o.TakeConnections(configuration.GetConnectionString("chat"), configuration.GetConnectionString("embeddings")));
        AddChecked<Microsoft365Options>(services, configuration, Microsoft365Options.Section, o => o.Problem());
        AddChecked<SamplesOptions>(services, configuration, SamplesOptions.Section, _ => null);
        AddChecked<OutgoingOptions>(services, configuration, OutgoingOptions.Section, o => o.Problem());
        AddChecked<CacheOptions>(services, configuration, CacheOptions.Section, o => o.Problem());
        AddChecked<ScheduleOptions>(services, configuration, ScheduleOptions.Section, o => o.Problem());
        AddChecked<AlertsOptions>(services, configuration, AlertsOptions.Section, o => o.Problem());
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(_ => new DatabaseServers(DataSource(configuration)));
        services.AddSingleton(s => s.GetRequiredService<DatabaseServers>().Primary);
        services.AddDbContextFactory<EmailOpsDb>((s, o) => o.UseNpgsql(s.GetRequiredService<NpgsqlDataSource>()));
        services.AddHealthChecks().AddCheck<StoreHealth>("database", tags: ["ready"]);
        services.AddSingleton<Migrator>();
        services.AddSingleton<MigrateAtStart>();
        services.AddSingleton<SecretsKey>();
        services.AddSingleton<SecretBox>();
        services.AddSingleton<SecretsRotation>();
        services.AddSingleton<MailboxStore>();
        services.AddSingleton<MailboxAccess>();
        services.AddSingleton<ConnectionTest>();
        services.AddSingleton<SettingsFinder>();
        services.AddSingleton<MailboxTester>();
        services.AddGraph();
        RemoteSetup.Add(services, configuration);
        services.AddSingleton<WorkQueue>();
        services.AddSingleton<QueueArchive>();
        services.AddSingleton<LogLevels>();
        services.AddSingleton<WorkerStore>();
        services.AddSingleton<ReplyMarkKey>();
        services.AddSingleton<IntakeStore>();
        services.AddSingleton<WordIndexer>();
        services.AddSingleton<LoopStore>();
        services.AddSingleton<FolderStore>();
        services.AddSingleton<ReconciliationStore>();
        services.AddSingleton<ReadingStore>();
        services.AddSingleton<BounceStore>();
        services.AddSingleton<FindingsAtHand>();
        services.AddSingleton<TriageStore>();
        services.AddSingleton(s => PromptLibrary.Load(s.GetRequiredService<ConsultOptions>().Prompts));
        services.AddSingleton<ModelPolicies>();
        services.AddSingleton<ExampleStore>();
        services.AddSingleton<ConsultStore>();
        services.AddSingleton<ConsultSweep>();
        services.AddSingleton<ConsultDesk>();
        services.AddSingleton<ConsultViews>();
        services.AddSingleton<PolicyStore>();
        services.AddSingleton<DeliveryStore>();
        services.AddSingleton<OutboxStore>();
        services.AddSingleton<OutboxResults>();
        services.AddSingleton<OutboxPeople>();
        services.AddSingleton<OutboxCopies>();
        services.AddSingleton<OutboxBounces>();
        services.AddSingleton<OutboxSweep>();
        services.AddSingleton<BrakeStore>();
        services.AddSingleton<StandingOrders>();
        services.AddSingleton<ScheduleStore>();
        services.AddSingleton<ScheduleDesk>();
        BackupSetup.Add(services, configuration);
        services.AddSingleton<DraftStore>();
        services.AddSingleton<CorrectionStore>();
        services.AddSingleton<ArticleStore>();
        services.AddSingleton<ArticleImport>();
        services.AddSingleton<KnowledgeModels>();
        services.AddSingleton<KnowledgeIndexer>();
        services.AddSingleton<KnowledgeSearch>();
        services.AddSingleton<DecisionTally>();
        services.AddSingleton<ProcessFigures>();
        services.AddSingleton<BusinessFigures>();
        services.AddSingleton<VitalStore>();
        services.AddSingleton<AlertStore>();
        services.AddSingleton<AlertPost>();
        services.AddSingleton<AlertDesk>();
        services.AddSingleton<MailReader>();
        services.AddSingleton<Importer>();
        services.AddSingleton<SampleMail>();
        services.AddSingleton<TriageFiles>();
        services.AddSingleton<ReplySource>();
        services.AddSingleton<TriageSource>();
        services.AddSingleton<UnstoredTriage>();
        LessonSetup.Add(services, configuration);
        EscalationSetup.Add(services, configuration);
        Checks.CheckSetup.Add(services);
        Analytics.AnalyticsSetup.Add(services);
        services.AddSingleton<WakeUps>();
        services.AddSingleton<SpentLinks>();
        services.AddSingleton<PostShelf>();
        AccessSetup.Add(services, configuration);
        services.AddSingleton<SpendStore>();
        services.AddSingleton<IModelBudget>(s => s.GetRequiredService<SpendStore>());
        services.AddSingleton<ModelStatus>();
        RedisSetup.Add(services, configuration);
        services.AddLanguageModels();
        services.AddOutgoing();
        return services;
    }

    /// <summary>Binds and validates an options class when it is first asked for; the host asks at start.</summary>
    public static void AddChecked<T>(IServiceCollection services, IConfiguration configuration, string section, Func<T, string?> problem) where T : class, new()
    {
        services.AddOptions<T>().Bind(configuration.GetSection(section)).ValidateOnStart();
        services.AddSingleton(new OptionsSection(section, typeof(T)));
        services.AddSingleton<IValidateOptions<T>>(new ProblemValidator<T>(problem));
        services.TryAddSingleton(s => s.GetRequiredService<IOptions<T>>().Value);
    }

    private static NpgsqlDataSource DataSource(IConfiguration configuration)
    {
        var text = configuration.GetConnectionString(ConnectionName);
        if (string.IsNullOrWhiteSpace(text))
            throw new OptionsValidationException(ConnectionName, typeof(string), ["No database is configured. Set ConnectionStrings__emailops (for example Host=127.0.0.1;Database=emailops;Username=emailops;Password=...), or start everything with ./run.sh."]);
        NpgsqlConnectionStringBuilder connection;
        try
        {
            connection = new NpgsqlConnectionStringBuilder(text);
        }
        catch (ArgumentException failure)
        {
            throw new OptionsValidationException(ConnectionName, typeof(string), [$"ConnectionStrings__emailops cannot be read: {failure.Message}"]);
        }
        // Asked of the plain builder: Npgsql's knows every key and cannot tell whether one was given.
        var given = new DbConnectionStringBuilder { ConnectionString = text };
        if (!given.ContainsKey("Maximum Pool Size")) connection.MaxPoolSize = MostConnections;
        // Kerberos is for those who ask for it: looking for it costs every connection a question, and an image without its library two lines of complaint.
        if (!given.ContainsKey("GSS Encryption Mode")) connection.GssEncryptionMode = GssEncryptionMode.Disable;
        connection.ApplicationName ??= "emailops";
        // Prepared once a connection: the same few statements run for ever.
        connection.MaxAutoPrepare = 100;
        connection.AutoPrepareMinUsages = 2;
        // Metrics carry the name; without one they would carry the connection string.
        var builder = new NpgsqlDataSourceBuilder(connection.ConnectionString) { Name = ConnectionName };
        return connection.Host?.Contains(',', StringComparison.Ordinal) == true ? builder.BuildMultiHost() : builder.Build();
    }

    private sealed class ProblemValidator<T>(Func<T, string?> problem) : IValidateOptions<T> where T : class
    {
        public ValidateOptionsResult Validate(string? name, T options)
            => problem(options) is { } text ? ValidateOptionsResult.Fail(text) : ValidateOptionsResult.Success;
    }
}

/// <summary>Which keys a section has, for those who look for misspelt ones.</summary>
internal sealed record OptionsSection(string Section, Type Options);
