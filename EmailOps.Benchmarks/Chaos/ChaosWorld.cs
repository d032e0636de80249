using System.Net;
using EmailOps.Benchmarks.MailServers;
using EmailOps.Benchmarks.Proxies;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace EmailOps.Benchmarks.Chaos;

/// <summary>
/// A worker process, its mailbox, and real servers behind proxies: what chaos happens in. The judge's own look at the database and the mail servers goes
/// past the proxies.
/// </summary>
internal sealed class ChaosWorld : IAsyncDisposable
{
    private const string SecretsKey = "dGVzdCBrZXkgb2YgdGhpcnR5LXR3byBieXRlcyAhISE=";

    private readonly string _folder;
    private readonly ChaosMail[] _mail;
    private readonly Random _random;
    private ServiceProvider? _services;

    private ChaosWorld(string folder, OwnCluster cluster, MailServerPair servers, IReadOnlyList<MailUser> users, ChaosOptions options)
    {
        (_folder, Cluster, Servers, Users) = (folder, cluster, servers, users);
        var seed = options.Seed;
        _mail = [.. users.Select(user => new ChaosMail(seed, user.Address))];
        _random = new Random(seed);
        Postgres = new TcpProxy(() => PostgresRoute.Server(cluster.ConnectionString), Moments, PostgresWatch.New);
        Imap = new TcpProxy(() => new IPEndPoint(IPAddress.Loopback, servers.ImapPort), Moments, ImapWatch.New);
        Smtp = new TcpProxy(() => new IPEndPoint(IPAddress.Loopback, servers.PlainPort), Moments, SmtpWatch.New);
        Source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(cluster.ConnectionString) { MaxPoolSize = 5 }.ConnectionString);
        // One worker goes through the proxies, which kill it at named moments; several are killed at any time, and each has its own idea of what time it is.
        Workers = options.Workers == 1
            ? [new WorkerProcess(Path.Combine(folder, "worker.log"), [.. Settings(PostgresRoute.Through(Postgres, cluster.ConnectionString))])]
            : [.. Enumerable.Range(0, options.Workers).Select(i => new WorkerProcess(Path.Combine(folder, $"worker{i}.log"),
                [.. Settings(new NpgsqlConnectionStringBuilder(cluster.ConnectionString) { MaxPoolSize = 16 }.ConnectionString)], options.SkewOf(i)))];
    }

    public OwnCluster Cluster { get; }
    public MailServerPair Servers { get; }
    public IReadOnlyList<MailUser> Users { get; }
    /// <summary>The first.</summary>
    public MailUser User => Users[0];
    public Moments Moments { get; } = new();
    public TcpProxy Postgres { get; }
    public TcpProxy Imap { get; }
    public TcpProxy Smtp { get; }
    public IReadOnlyList<WorkerProcess> Workers { get; }
    /// <summary>The first.</summary>
    public WorkerProcess Worker => Workers[0];

    /// <summary>Straight to the database.</summary>
    public NpgsqlDataSource Source { get; }

    /// <summary>Mails put into the mailbox so far, copies among them.</summary>
    public int Delivered { get; private set; }

    /// <summary>Of them, mails of their own.</summary>
    public int Distinct { get; private set; }

    public static Task<ChaosWorld> StartAsync(int seed, CancellationToken cancel) => StartAsync(new ChaosOptions(0, 0, seed, false, _ => { }), cancel);

    public static async Task<ChaosWorld> StartAsync(ChaosOptions options, CancellationToken cancel)
    {
        var servers = await MailServerPair.StartAsync(cancel: cancel);
        var cluster = await OwnCluster.StartAsync(cancel);
        var folder = Directory.CreateTempSubdirectory("emailops-chaos-").FullName;
        List<MailUser> users = [];
        for (var i = 0; i < options.Mailboxes; i++) users.Add(await servers.AddUserAsync(i == 0 ? "support" : $"support{i}", cancel));
        var world = new ChaosWorld(folder, cluster, servers, users, options);
        await world.SetUpAsync(cancel);
        return world;
    }

    /// <summary>Puts mails into the mailboxes while everything runs: most as files, some by LMTP, a few twice.</summary>
    public async Task DeliverAsync(int count, CancellationToken cancel)
    {
        var to = _random.Next(Users.Count);
        var mails = Enumerable.Range(Distinct + 1, count).Select(number => (Number: number, Bytes: _mail[to].Next(number))).ToList();
        foreach (var piece in mails.Chunk(1 + _random.Next(8)))
        {
            if (_random.Next(5) == 0) foreach (var one in piece) await Servers.Delivery.LmtpAsync(Users[to], one.Bytes, cancel: cancel);
            else Servers.Delivery.Drop(Users[to], piece.Select(one => (ReadOnlyMemory<byte>)one.Bytes));
            Delivered += piece.Length;
            Distinct += piece.Length;
            if (_random.Next(10) != 0) continue;
            Servers.Delivery.Drop(Users[to], [piece[0].Bytes]);
            Delivered++;
        }
    }

    public async Task<T> AskAsync<T>(string sql, CancellationToken cancel = default)
    {
        await using var command = Source.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync(cancel))!;
    }

    public async Task<List<string>> LinesAsync(string sql, CancellationToken cancel = default)
    {
        await using var command = Source.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var lines = new List<string>();
        while (await reader.ReadAsync(cancel)) lines.Add(string.Join(' ', Enumerable.Range(0, reader.FieldCount).Select(i => reader.IsDBNull(i) ? "-" : $"{reader.GetValue(i)}")));
        return lines;
    }

    public async Task ExecuteAsync(string sql, CancellationToken cancel = default)
    {
        await using var command = Source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(cancel);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var worker in Workers) await worker.DisposeAsync();
        await Postgres.DisposeAsync();
        await Imap.DisposeAsync();
        await Smtp.DisposeAsync();
        await Source.DisposeAsync();
        if (_services is not null) await _services.DisposeAsync();
        await Cluster.DisposeAsync();
        await Servers.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task SetUpAsync(CancellationToken cancel)
    {
        var configuration = new ConfigurationManager();
        configuration["ConnectionStrings:emailops"] = Cluster.ConnectionString;
        configuration["Secrets:Key"] = SecretsKey;
        _services = new ServiceCollection().AddSingleton<IConfiguration>(configuration).AddLogging().AddEmailOpsStore(configuration).BuildServiceProvider();
        await _services.GetRequiredService<Migrator>().MigrateAsync(cancel);
        var settings = new MailboxSettings
        {
            Imap = new MailServerSettings(MailServerPair.Host, Imap.Port, MailSecurity.None),
            Smtp = new MailServerSettings(MailServerPair.Host, Smtp.Port, MailSecurity.None, MailAuthentication.None),
            PollSeconds = 5,
            HoldSeconds = 1,
            AnswersPerCorrespondent = 100,
            AnswersPerHour = 100_000,
        };
        foreach (var user in Users)
        {
            var made = await _services.GetRequiredService<MailboxStore>().CreateAsync("chaos", new SaveMailbox(user.Address, "Chaos", settings, user.Password), cancel);
            if (made.Outcome != WriteOutcome.Done) throw new InvalidOperationException(made.Problem);
        }
    }

    // Leases and pauses as short as they may be: a kill should cost seconds of the run, not minutes. Small batches: more commits to be killed between.
    private IEnumerable<(string, string)> Settings(string connectionString) =>
    [
        ("ConnectionStrings__emailops", connectionString), ("EMAILOPS_ENV_FILE", "none"), ("ASPNETCORE_URLS", "http://127.0.0.1:0"),
        // A process that lives for two seconds gains nothing from measuring itself.
        ("DOTNET_TieredPGO", "0"), ("DOTNET_ENVIRONMENT", "Production"), ("SECRETS_KEY", SecretsKey), ("STATE_DIR", Path.Combine(_folder, "state")), ("CACHE_DIR", Path.Combine(Path.GetTempPath(), "emailops-chaos-cache")),
        ("LOG_LEVEL", "WARNING"), ("LOG_FILE_ENABLED", "false"), ("LOAD_SAMPLES", "false"), ("HUMAN_REVIEW", "0"), ("SUGGEST_RESPONSE", "0"), ("AUTO_HANDLE", "1"),
        ("Work__Lease", "00:00:05"), ("Work__BatchSize", "8"), ("Work__Backoff", "00:00:01"), ("Work__MaxBackoff", "00:00:05"), ("Work__PollFloor", "00:00:01"), ("Work__MaxAttempts", "20"), ("Work__WorkerLease", "00:00:02"), ("Work__DrainTime", "00:00:10"),
        ("Intake__Lease", "00:00:01"), ("Intake__BatchSize", "8"), ("Intake__MaxBackoff", "00:00:02"), ("Intake__ReconcileEvery", "00:00:30"), ("Intake__ServerPatience", "00:00:10"),
        ("Delivery__Lease", "00:00:02"), ("Delivery__FirstPause", "00:00:01"), ("Delivery__MaxPause", "00:00:04"), ("Delivery__LookFor", "00:00:01"), ("Delivery__LookAgainFor", "00:01:00"),
    ];
}
