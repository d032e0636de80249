using EmailOps.Core.Contracts;
using Npgsql;

namespace EmailOps.Core.Data.Checks;

/// <summary>The database as we need it: it answers, all our migrations are in it, its clock agrees with ours. Version, pgvector and connections are <see cref="DatabaseCheck"/>'s.</summary>
internal sealed class SchemaCheck(NpgsqlDataSource source, TimeProvider clock) : ILocalCheck
{
    public const string Connection = "connection";
    /// <summary>The queue goes by the database's clock alone; what people read is dated by ours.</summary>
    private static readonly TimeSpan MostSkew = TimeSpan.FromSeconds(5);

    public string Area => "database";

    public bool NeedsDatabase => false;

    public async Task<IReadOnlyList<CheckView>> RunAsync(CancellationToken cancel)
    {
        NpgsqlConnection connection;
        var began = clock.GetTimestamp();
        try
        {
            connection = await source.OpenConnectionAsync(cancel);
        }
        catch (Exception failure) when (StoreFailures.IsUnreachable(failure) || failure is NpgsqlException)
        {
            return [this.Failed(Connection, StoreFailures.Explain(failure)!, "Start EmailOps (./run.sh) or PostgreSQL, and check ConnectionStrings__emailops: host, port, user, password, database.")];
        }
        await using (connection)
        {
            var answered = clock.GetElapsedTime(began);
            var before = clock.GetUtcNow();
            var (theirs, size, isMade) = (await Sql.QueryAsync(connection, "select clock_timestamp(), pg_database_size(current_database()), to_regclass('schema_migration') is not null", [],
                r => (r.GetFieldValue<DateTimeOffset>(0), r.GetInt64(1), r.GetBoolean(2)), cancel)).Single();
            var after = clock.GetUtcNow();
            return
            [
                this.Ok(Connection, $"{connection.Host} answers in {answered.TotalMilliseconds:0} ms; the database has {size / 1048576.0:N0} MB."),
                await MigrationsAsync(connection, isMade, cancel),
                Clock(theirs, before, after),
            ];
        }
    }

    private async Task<CheckView> MigrationsAsync(NpgsqlConnection connection, bool isMade, CancellationToken cancel)
    {
        var applied = isMade ? (await Sql.QueryAsync(connection, "select name from schema_migration", [], r => r.GetString(0), cancel)).ToHashSet(StringComparer.Ordinal) : [];
        var ours = Migrator.Embedded().Select(f => f.Name).ToHashSet(StringComparer.Ordinal);
        if (ours.Count(name => !applied.Contains(name)) is > 0 and var missing)
            return this.Failed("migrations", $"{missing} of {ours.Count} are not applied.", "Run: emailops migrate (every process does so at its start).");
        return applied.Except(ours).ToList() is { Count: > 0 } newer
            ? this.Warning("migrations", $"The database has {newer.Count} that this version does not know ({string.Join(", ", newer.Order(StringComparer.Ordinal).Take(3))}).", "A newer EmailOps was here. Update this one.")
            : this.Ok("migrations", $"All {ours.Count} are applied.");
    }

    /// <summary>The truth lies between the two looks at our clock.</summary>
    private CheckView Clock(DateTimeOffset theirs, DateTimeOffset before, DateTimeOffset after)
    {
        var skew = theirs < before ? before - theirs : theirs > after ? theirs - after : TimeSpan.Zero;
        return skew <= MostSkew
            ? this.Ok("clock", $"The database's clock and ours agree within {Math.Max(skew.TotalSeconds, 0.1):0.0} s.")
            : this.Warning("clock", $"The database's clock is {skew.TotalSeconds:0} s {(theirs < before ? "behind" : "ahead of")} ours.", "Have both machines set their clocks by NTP (timedatectl set-ntp true). Work is not lost by it, but times people read are wrong.");
    }
}
