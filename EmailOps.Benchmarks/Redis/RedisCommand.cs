using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using EmailOps.AppHost.Postgres;
using EmailOps.Core.Data;
using EmailOps.Core.LanguageModels.Routing;
using Npgsql;

namespace EmailOps.Benchmarks.Redis;

/// <summary><c>redis</c>: hints, live events, caches, breakers and rate limits with Redis and with its twins, in turns, on a durable PostgreSQL of its own.</summary>
internal static class RedisCommand
{
    public static System.CommandLine.Command Create()
    {
        var rounds = new Option<int>("--rounds") { Description = "Rounds of each, in turns.", DefaultValueFactory = _ => 5 };
        var count = new Option<int>("--count") { Description = "Measurements a round.", DefaultValueFactory = _ => 300 };
        var command = new System.CommandLine.Command("redis", "From a commit to the process that is woken and to the open console, a look into the cache, with Redis and without.") { rounds, count };
        command.SetAction((parsed, cancel) => RunAsync(parsed.GetValue(rounds), parsed.GetValue(count), cancel));
        return command;
    }

    private static async Task<int> RunAsync(int rounds, int count, CancellationToken cancel)
    {
        if (RedisServer.Missing() is { } missing)
        {
            Console.Error.WriteLine(missing);
            return 1;
        }
        var folder = $"/var/tmp/emailops-redis-{Environment.ProcessId}";
        await using var postgres = await PrivatePostgres.StartAsync(new PrivatePostgresOptions { Folder = folder + "-pg" }, cancel);
        await using var server = await RedisServer.StartAsync();
        // Two names of one database: who carries hints hangs on the connection string.
        await using var with = await RedisSide.StartAsync("redis", $"{postgres.ConnectionString};Application Name=with", server.Address, cancel);
        await using var without = await RedisSide.StartAsync("twin", $"{postgres.ConnectionString};Application Name=without", null, cancel);
        var figures = new Dictionary<(string What, string Side), List<double>>();
        for (var round = 0; round <= rounds; round++)
            foreach (var side in (RedisSide[])[with, without])
            {
                var measured = await MeasureAsync(side, count, cancel);
                if (round == 0) continue; // the runtime compiles, connections open
                foreach (var (what, values) in measured) Of(figures, (what, side.Name)).AddRange(values);
            }
        Console.WriteLine("| what | redis | twin |\n|---|---:|---:|");
        foreach (var what in figures.Keys.Select(k => k.What).Distinct()) Console.WriteLine($"| {what} | {Text(figures[(what, "redis")])} | {Text(figures[(what, "twin")])} |");
        return 0;
    }

    private static async Task<Dictionary<string, List<double>>> MeasureAsync(RedisSide side, int count, CancellationToken cancel)
    {
        var measured = new Dictionary<string, List<double>>();
        for (var i = 0; i < count; i++)
        {
            Of(measured, "commit to the process that is woken, ms").Add(await HintAsync(side, side.HeardAsync, cancel));
            if (i % 10 == 0) Of(measured, "commit to the open console (SSE), ms").Add(await HintAsync(side, side.ShownAsync, cancel));
        }
        var key = new byte[32];
        await side.Get<IAnswerCache>().KeepAsync(key, "judge/1", new CachedAnswer("m", new string('x', 500), 1, 1), cancel);
        for (var i = 0; i < count; i++)
        {
            Of(measured, "answer found in the cache, ms").Add(await TimeAsync(() => side.Get<IAnswerCache>().FindAsync(key, cancel)));
            Of(measured, "breaker read, ms").Add(await TimeAsync(() => side.Get<IBreakerStore>().ReadAsync("p", cancel)));
            Of(measured, "rate limit asked, ms").Add(await TimeAsync(() => side.Get<IRateLimit>().TakeAsync("p", new Rate(1e6, 1000), cancel)));
        }
        Of(measured, "commits/s with a hint each, 8 writers").Add(await CommitsAsync(side, count, cancel));
        return measured;
    }

    private static async Task<double> HintAsync(RedisSide side, Func<long, CancellationToken, Task> heard, CancellationToken cancel)
    {
        var number = side.Next();
        var waiting = heard(number, cancel);
        await using (var connection = await side.Get<NpgsqlDataSource>().OpenConnectionAsync(cancel))
        {
            await using var transaction = await connection.BeginTransactionAsync(cancel);
            await WriteAsync(connection, 0, cancel);
            await LiveEvents.AnnounceAsync(connection, "message", number, cancel);
            var began = Stopwatch.GetTimestamp();
            await transaction.CommitAsync(cancel);
            await connection.CloseAsync();
            await waiting;
            return Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        }
    }

    private static async Task<double> CommitsAsync(RedisSide side, int count, CancellationToken cancel)
    {
        const int writers = 8;
        var began = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(1, writers).Select(async writer =>
        {
            for (var i = 0; i < count; i++)
            {
                await using var connection = await side.Get<NpgsqlDataSource>().OpenConnectionAsync(cancel);
                await using var transaction = await connection.BeginTransactionAsync(cancel);
                await WriteAsync(connection, writer, cancel);
                await LiveEvents.AnnounceAsync(connection, "model", (writer * 1_000_000L) + i, cancel);
                await transaction.CommitAsync(cancel);
            }
        }));
        return writers * count / Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    private static Task<int> WriteAsync(NpgsqlConnection connection, int writer, CancellationToken cancel)
        => Sql.ExecuteAsync(connection, "insert into installation as i (key, value) values ($1, '1') on conflict (key) do update set value = (i.value::bigint + 1)::text", [$"benchmark-{writer}"], cancel);

    private static async Task<double> TimeAsync<T>(Func<Task<T>> what)
    {
        var began = Stopwatch.GetTimestamp();
        await what();
        return Stopwatch.GetElapsedTime(began).TotalMilliseconds;
    }

    private static List<double> Of<T>(Dictionary<T, List<double>> figures, T key) where T : notnull => figures.TryGetValue(key, out var known) ? known : figures[key] = [];

    private static string Text(List<double> values)
    {
        values.Sort();
        double At(double share) => values[(int)Math.Min(values.Count - 1, share * values.Count)];
        return string.Create(CultureInfo.InvariantCulture, $"{At(0.5):0.###} [p95 {At(0.95):0.###}]");
    }
}
