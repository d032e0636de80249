using EmailOps.Core.Data;
using EmailOps.Tests.Postgres;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace EmailOps.Tests.Store;

public sealed class MigratorTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static Migrator Of(NpgsqlDataSource source, params MigrationFile[] files)
        => new(source, TimeProvider.System, NullLogger<Migrator>.Instance, files.Length > 0 ? files : null);

    [Fact]
    public async Task Processes_that_start_together_apply_each_file_once()
    {
        await using var source = NpgsqlDataSource.Create(await postgres.CreateDatabaseAsync());

        var applied = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => Of(source).MigrateAsync())));

        Assert.Single(applied, n => n > 0);
        Assert.Equal(5, applied.Count(n => n == 0));
        Assert.Equal(0, await Of(source).MigrateAsync());
    }

    [Fact]
    public async Task A_file_changed_after_it_was_applied_is_refused_by_name()
    {
        await using var source = NpgsqlDataSource.Create(await postgres.CreateDatabaseAsync());
        await Of(source, new MigrationFile("0001_a.sql", "create table a (x int)")).MigrateAsync();

        var refused = await Assert.ThrowsAsync<MigrationException>(() => Of(source, new MigrationFile("0001_a.sql", "create table a (x bigint)")).MigrateAsync());

        Assert.Contains("0001_a.sql", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failing_file_leaves_nothing_behind_and_lets_go_of_the_lock()
    {
        await using var source = NpgsqlDataSource.Create(await postgres.CreateDatabaseAsync());
        MigrationFile[] files = [new("0001_a.sql", "create table a (x int)"), new("0002_b.sql", "create table b (x int); create table a (x int)")];

        var failed = await Assert.ThrowsAsync<MigrationException>(() => Of(source, files).MigrateAsync());

        Assert.Contains("0002_b.sql", failed.Message, StringComparison.Ordinal);
        Assert.Contains("rolled back", failed.Message, StringComparison.Ordinal);
        await using var left = source.CreateCommand("select to_regclass('a') is not null and to_regclass('b') is null");
        Assert.Equal(true, await left.ExecuteScalarAsync());
        Assert.Equal(1, await Of(source, files[0], new("0002_b.sql", "create table b (x int)")).MigrateAsync());
    }

    [Fact]
    public async Task An_extension_that_the_server_does_not_have_is_named_with_what_to_install()
    {
        await using var source = NpgsqlDataSource.Create(await postgres.CreateDatabaseAsync());

        var failed = await Assert.ThrowsAsync<MigrationException>(() => Of(source, new MigrationFile("0001_a.sql", "create extension vector_that_is_not_installed")).MigrateAsync());

        Assert.Contains("Install pgvector", failed.Message, StringComparison.Ordinal);
    }
}
