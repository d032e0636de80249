using System.Globalization;
using Npgsql;

namespace EmailOps.Core.Data;

/// <summary>Sign-in links that were used, until they would have ended: with several console processes, no memory of one of them is enough.</summary>
internal sealed class SpentLinks(NpgsqlDataSource source, TimeProvider clock)
{
    private const string Prefix = "spent-sign-in-link:";
    private const string Instant = "yyyy-MM-ddTHH:mm:ssZ";

    /// <summary>True for exactly one caller a link.</summary>
    public async Task<bool> SpendAsync(string link, DateTimeOffset ends, CancellationToken cancel)
    {
        await using var command = source.CreateCommand("""
            with ended as (delete from installation where key like $4 and value < $3)
            insert into installation (key, value) values ($1, $2) on conflict (key) do nothing
            """);
        command.Parameters.Add(new() { Value = Prefix + link });
        command.Parameters.Add(new() { Value = ends.UtcDateTime.ToString(Instant, CultureInfo.InvariantCulture) });
        command.Parameters.Add(new() { Value = clock.GetUtcNow().UtcDateTime.ToString(Instant, CultureInfo.InvariantCulture) });
        command.Parameters.Add(new() { Value = Prefix + "%" });
        return await command.ExecuteNonQueryAsync(cancel) == 1;
    }
}
