using System.Collections.Concurrent;
using EmailOps.Core.Data;
using EmailOps.Tests.Postgres;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace EmailOps.Tests.Scale;

/// <summary>A database with messages gets the inbox's indexes without being stopped.</summary>
public sealed class LateMigrationTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private const int Rows = 25_000;

    private static Migrator Of(NpgsqlDataSource source, IReadOnlyList<MigrationFile>? files = null) => new(source, TimeProvider.System, NullLogger<Migrator>.Instance, files);

    [Fact]
    public async Task What_was_decided_before_gets_its_facets_in_parts_while_others_write_and_processes_that_start_together_wait()
    {
        await using var source = NpgsqlDataSource.Create(await postgres.CreateDatabaseAsync());
        MigrationFile[] late = [.. Migrator.Embedded().Where(f => string.CompareOrdinal(f.Name, "0011") >= 0)];
        await Of(source, [.. Migrator.Embedded().Except(late)]).MigrateAsync();
        await ExecuteAsync(source, $$"""
            insert into raw_mail (sha256, size_bytes, bytes) select sha256(int8send(n)), 1, '\x00' from generate_series(1, {{Rows}}) n;
            insert into message_thread (mailbox_id, subject, participants, message_count, last_message_at) select 1, 's', '{}', 1, now() from generate_series(1, {{Rows}});
            insert into message (mailbox_id, thread_id, raw_id, dedupe_key, subject, from_address, recipients, received_at, stored_at, text, reply_doubtful, automated, thread_position, is_unparsable)
                select 1, n, n, sha256(int8send(n)), 's', 'a@b.example', '{}', now(), now(), 'text', false, 'Normal', 0, false from generate_series(1, {{Rows}}) n;
            insert into triage_result (message_id, mailbox_id, received_at, category, category_confidence, priority, language, summary, confidence, hostility, is_automated, degraded, findings, model_version, judged_at)
                select n, 1, now(), 'shipping', 1, 3, 'de', '', 1, 0, false, false, '{}', 'v', now() from generate_series(1, {{Rows}} - 1) n;
            insert into decision (message_id, mailbox_id, received_at, kind, reasons, policy_version, decided_at) select n, 1, now(), 'File', '[]', 'v', now() from generate_series(1, {{Rows}}) n;
            """);
        using var over = new CancellationTokenSource();
        var writes = new ConcurrentBag<int>();
        var others = Task.Run(async () =>
        {
            for (var i = 1; !over.IsCancellationRequested; i++)
            {
                await ExecuteAsync(source, $"update decision set reasons = '[{i}]' where message_id = {i % Rows}");
                writes.Add(i);
            }
        });

        var applied = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Run(() => Of(source).MigrateAsync())));
        await over.CancelAsync();
        await others;

        Assert.Equal([0, 0, late.Length], applied.Order());
        Assert.NotEmpty(writes);
        Assert.Equal(Rows - 1, await AskAsync(source, "select count(*) from decision where category = 'shipping' and priority = 3 and language = 'de'"));
        Assert.Equal(0, await AskAsync(source, "select count(*) from pg_index where not indisvalid"));
        Assert.Equal(0, await AskAsync(source, "select count(*) from pg_class where relname in ('decision_kind', 'decision_to_fill', 'triage_result_category')"));
        Assert.Equal(Rows, await AskAsync(source, "select sum(last_id - first_id + 1)::bigint from words_due"));
    }

    [Fact]
    public async Task Parts_that_were_done_stay_when_the_process_is_stopped()
    {
        await using var source = NpgsqlDataSource.Create(await postgres.CreateDatabaseAsync());
        await Of(source, [new("0001_a.sql", "create table a (x int, done boolean); insert into a select n, false from generate_series(1, 10) n")]).MigrateAsync();
        const string part = "-- in parts\nupdate a set done = true, x = 10 / (5 - x) where x = (select min(x) from a where not done and x > 0) and not done";
        MigrationFile[] files = [new("0001_a.sql", "create table a (x int, done boolean); insert into a select n, false from generate_series(1, 10) n"), new("0002_b.sql", part)];

        var failed = await Assert.ThrowsAsync<MigrationException>(() => Of(source, files).MigrateAsync());

        Assert.Contains("goes on from there", failed.Message, StringComparison.Ordinal);
        Assert.Equal(4, await AskAsync(source, "select count(*) from a where done"));
    }

    private static async Task ExecuteAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<long> AskAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
