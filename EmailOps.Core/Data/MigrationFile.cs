namespace EmailOps.Core.Data;

/// <summary>How a file is run.</summary>
internal enum MigrationWay
{
    /// <summary>In one transaction.</summary>
    AtOnce,
    /// <summary>"-- in parts": one statement, run until it changes no row, each time in a transaction of its own; cut off, it goes on where it was.</summary>
    InParts,
    /// <summary>"-- online": statement by statement outside a transaction, for indexes built while others write; each must bear being run again.</summary>
    Online,
}

/// <summary>One step of the schema.</summary>
internal sealed record MigrationFile(string Name, string Sql)
{
    public MigrationWay Way => Sql.StartsWith("-- in parts", StringComparison.Ordinal) ? MigrationWay.InParts : Sql.StartsWith("-- online", StringComparison.Ordinal) ? MigrationWay.Online : MigrationWay.AtOnce;

    /// <summary>For a database without rows: the same in one transaction.</summary>
    public string AtOnce => Way == MigrationWay.Online ? Sql.Replace(" concurrently", "", StringComparison.Ordinal) : Sql;

    /// <summary>Of an online file: those that end with a semicolon at the end of a line.</summary>
    public IEnumerable<string> Statements => Sql.Split(";\n", StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
        .Where(s => s.Split('\n').Any(line => line.Length > 0 && !line.StartsWith("--", StringComparison.Ordinal)));
}
