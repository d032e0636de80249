using EmailOps.Core.Messages;
using Npgsql;

namespace EmailOps.Core.Data.Access;

/// <summary>Writes what happened to people and keys into the audit, in the transaction in which it happened.</summary>
internal static class AuditLine
{
    public static Task<int> WriteAsync(NpgsqlConnection connection, string actor, string action, string kind, long id, string detail, CancellationToken cancel)
        => Sql.ExecuteAsync(connection, "insert into audit_entry (at, actor, action, subject_kind, subject_id, detail) values (now(), $1, $2, $3, $4, $5)",
            [StoredText.Clean(actor), action, kind, id, StoredText.Clean(detail)], cancel);
}
