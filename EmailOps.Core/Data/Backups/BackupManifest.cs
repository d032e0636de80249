namespace EmailOps.Core.Data.Backups;

/// <summary>Rows of a table at the moment of the backup.</summary>
/// <param name="Checksum">Sum over the rows of a 64-bit hash of each row as text: it does not depend on their order.</param>
internal sealed record TableFigure(string Name, long Rows, string Checksum);

/// <summary>Stands beside a dump: what is in it. A backup without one was not finished, or its manifest was lost.</summary>
/// <param name="Sha256">Of the dump.</param>
/// <param name="ServerMajor">PostgreSQL's major version it was taken from.</param>
/// <param name="KeyFile">The installation's key, sealed with a passphrase; null: not asked for.</param>
internal sealed record BackupManifest(int Format, string File, DateTimeOffset MadeAt, string Database, string Host, string Version, int ServerMajor, string LastMigration, long Bytes, string Sha256, IReadOnlyList<TableFigure> Tables, double Seconds, string? KeyFile = null)
{
    public const int CurrentFormat = 1;

    public long Rows => Tables.Sum(t => t.Rows);

    /// <summary>What differs, in words; empty: the same.</summary>
    public static List<string> Differences(IReadOnlyList<TableFigure> expected, IReadOnlyList<TableFigure> found)
    {
        var (there, problems) = (found.ToDictionary(f => f.Name, StringComparer.Ordinal), new List<string>());
        foreach (var table in expected)
        {
            if (!there.Remove(table.Name, out var figure)) problems.Add($"{table.Name} is missing");
            else if (figure.Rows != table.Rows) problems.Add($"{table.Name} has {figure.Rows:N0} rows instead of {table.Rows:N0}");
            else if (figure.Checksum != table.Checksum) problems.Add($"{table.Name} has other content");
        }
        problems.AddRange(there.Keys.Select(name => $"{name} was not in the backup"));
        return problems;
    }
}

/// <summary>A backup cannot be made, read or restored; the message says what to do.</summary>
public sealed class BackupException(string message, Exception? inner = null) : Exception(message, inner);
