using Npgsql;

namespace EmailOps.Tests.Postgres;

public sealed class PostgresFixtureTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task Two_databases_are_apart_and_both_have_vectors()
    {
        await using var first = new NpgsqlConnection(await postgres.CreateDatabaseAsync());
        await using var second = new NpgsqlConnection(await postgres.CreateDatabaseAsync());
        await first.OpenAsync();
        await second.OpenAsync();
        await using var make = new NpgsqlCommand("CREATE TABLE place (name text, at vector(3)); INSERT INTO place VALUES ('a', '[1,2,3]')", first);
        await make.ExecuteNonQueryAsync();

        await using var look = new NpgsqlCommand("SELECT to_regclass('place') IS NULL AND '[1,2,3]'::vector <-> '[1,2,5]'::vector = 2", second);

        Assert.Equal(true, await look.ExecuteScalarAsync());
    }
}
