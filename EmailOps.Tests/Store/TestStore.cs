using System.Text;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Core.Mailboxes;
using EmailOps.Core.Messages;
using EmailOps.Core.Work;
using EmailOps.Tests.Postgres;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace EmailOps.Tests.Store;

/// <summary>The store as every process registers it, on a database of its own.</summary>
internal sealed class TestStore : IAsyncDisposable
{
    public const string Address = "support@shop.example";
    /// <summary>Of every test installation, so that hosts and stores of one test open each other's passwords, and nothing is written outside the test.</summary>
    public const string SecretsKey = "dGVzdCBrZXkgb2YgdGhpcnR5LXR3byBieXRlcyAhISE=";
    private readonly ServiceProvider _services;

    private TestStore(ServiceProvider services, string connectionString) => (_services, ConnectionString) = (services, connectionString);

    public string ConnectionString { get; }
    public long Mailbox { get; private set; }
    public NpgsqlDataSource Source => Get<NpgsqlDataSource>();

    public T Get<T>() where T : notnull => _services.GetRequiredService<T>();

    public T? Find<T>() where T : class => _services.GetService<T>();

    public static async Task<TestStore> CreateAsync(PostgresFixture postgres, params (string Key, string Value)[] settings)
        => await OpenAsync(await postgres.CreateDatabaseAsync(), settings);

    public static async Task<TestStore> OpenAsync(string connectionString, params (string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationManager();
        configuration["ConnectionStrings:emailops"] = connectionString;
        configuration["Secrets:Key"] = SecretsKey;
        configuration["LanguageModels:FindLocal"] = "false";
        foreach (var (key, value) in settings) configuration[key] = value;
        var services = new ServiceCollection().AddSingleton<IConfiguration>(configuration).AddLogging().AddEmailOpsStore(configuration);
        var store = new TestStore(services.BuildServiceProvider(), connectionString);
        await store.Get<Migrator>().MigrateAsync();
        store.Mailbox = await store.MailboxAsync(Address);
        return store;
    }

    public async Task<long> MailboxAsync(string address)
    {
        await using var db = await Get<IDbContextFactory<EmailOpsDb>>().CreateDbContextAsync();
        if (await db.Mailboxes.SingleOrDefaultAsync(m => m.Address == address) is { } known) return known.Id;
        var made = new Mailbox { Address = address, Name = address, CreatedAt = TimeProvider.System.GetUtcNow() };
        db.Mailboxes.Add(made);
        await db.SaveChangesAsync();
        return made.Id;
    }

    public WorkQueue Queue(WorkOptions options) => new(Source, options);

    /// <summary>Stores raw mails in one batch, as an import would.</summary>
    public Task<IReadOnlyList<IntakeResult>> StoreAsync(params string[] raws) => StoreAsync(raws.Select((r, i) => new OfferedMail($"{i}.eml", Encoding.UTF8.GetBytes(r), Encoding.UTF8.GetByteCount(r))));

    public Task<IReadOnlyList<IntakeResult>> StoreAsync(IEnumerable<OfferedMail> mails)
        => Get<IntakeStore>().StoreAsync(Mailbox, null, [.. mails.Select(Get<MailReader>().Read)], CancellationToken.None);

    public async Task<IntakeOutcome[]> OutcomesAsync(params string[] raws) => [.. (await StoreAsync(raws)).Select(r => r.Outcome)];

    public async Task EnqueueAsync(params NewWork[] work)
    {
        await using var connection = await Source.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await WorkQueue.EnqueueAsync(connection, work, CancellationToken.None);
        await transaction.CommitAsync();
    }

    public async Task CompleteAsync(params IReadOnlyCollection<WorkItem> items)
    {
        await using var connection = await Source.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await WorkQueue.CompleteAsync(connection, items, CancellationToken.None);
        await transaction.CommitAsync();
    }

    public async Task<T> AskAsync<T>(string sql)
    {
        await using var command = Source.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    public async Task<List<T>> ColumnAsync<T>(string sql)
    {
        await using var connection = await Source.OpenConnectionAsync();
        return await Sql.QueryAsync(connection, sql, [], r => r.GetFieldValue<T>(0), CancellationToken.None);
    }

    public async Task ExecuteAsync(string sql)
    {
        await using var command = Source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    public async ValueTask DisposeAsync() => await _services.DisposeAsync();
}
