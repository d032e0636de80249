using EmailOps.Core.Data.Backups;
using EmailOps.Core.Mailboxes;
using EmailOps.Core.Triage.Taxonomies;
using Microsoft.Extensions.Options;
using Npgsql;

namespace EmailOps.Core.Data;

/// <summary>What failures of the store mean, for those who must go on and for people.</summary>
internal static class StoreFailures
{
    /// <summary>True when trying again later may help: no connection, shutting down, out of connections, too slow. EF wraps such failures, so inner ones count.</summary>
    public static bool IsUnreachable(Exception? failure)
        => Find(failure) is { } found && (found.IsTransient || found is not PostgresException or PostgresException { SqlState: Renamed or PostgresErrorCodes.AdminShutdown });

    /// <summary>While a restored database takes the place of the old one, the name may for a moment be nobody's. At start that is an error: see MigrateAtStart.</summary>
    private const string Renamed = PostgresErrorCodes.InvalidCatalogName;

    /// <returns>One sentence that says what to do; null for what is a fault of ours and should be seen whole.</returns>
    public static string? Explain(Exception failure) => failure switch
    {
        MigrationException or UnreachableDatabaseException or TaxonomyException or SecretsKeyException or BackupException => failure.Message,
        OptionsValidationException options => string.Join(Environment.NewLine, options.Failures),
        _ => Find(failure) switch
        {
            null => null,
            PostgresException { SqlState: "42P01" } => "The database has no EmailOps schema yet. Run: emailops migrate",
            PostgresException { SqlState: "3D000" } missing => $"{Sentence(missing.MessageText)} Create it, or check ConnectionStrings__emailops.",
            PostgresException { SqlState: "28P01" or "28000" } refused => $"{Sentence(refused.MessageText)} Check user and password in ConnectionStrings__emailops.",
            PostgresException database => $"The database refused: {Sentence(database.MessageText)}",
            var broken => $"The database does not answer: {Sentence(broken.Message)} Start EmailOps with ./run.sh, or check ConnectionStrings__emailops and that PostgreSQL runs.",
        },
    };

    internal static NpgsqlException? Find(Exception? failure)
    {
        for (var each = failure; each is not null; each = each.InnerException)
            if (each is NpgsqlException found) return found;
        return null;
    }

    private static string Sentence(string text) => text.EndsWith('.') ? text : text + ".";
}
