using Npgsql;

namespace EmailOps.Core.Data.Backups;

/// <summary>Counts every table and sums a hash of its rows, so that a restored copy can be compared with the original.</summary>
internal static class TableFigures
{
    /// <summary>In the caller's transaction, which decides what is seen.</summary>
    public static async Task<List<TableFigure>> MeasureAsync(NpgsqlConnection connection, Action<string> progress, CancellationToken cancel)
    {
        // Text of a row must not depend on the session.
        await Sql.ExecuteAsync(connection, "select set_config('timezone', 'UTC', true), set_config('datestyle', 'ISO', true), set_config('intervalstyle', 'postgres', true), set_config('extra_float_digits', '1', true), set_config('bytea_output', 'hex', true)", [], cancel);
        // Bytes by their digest: a mail of 64 MB would be 128 MB of text.
        var tables = await Sql.QueryAsync(connection, """
            select c.relname, string_agg(case when a.atttypid = 'bytea'::regtype then 'sha256(' || quote_ident(a.attname) || ')' else quote_ident(a.attname) end, ', ' order by a.attname)
            from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
            where n.nspname = 'public' and c.relkind in ('r', 'p') and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e')
            group by c.relname order by c.relname
            """, [], r => (Name: r.GetString(0), Columns: r.GetString(1)), cancel);
        var figures = new List<TableFigure>(tables.Count);
        foreach (var (name, columns) in tables)
        {
            progress($"counting {name} ({figures.Count + 1} of {tables.Count} tables)");
            var quoted = $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
            await using var command = new NpgsqlCommand($"select count(*), coalesce(sum(hashtextextended(row({columns})::text, 0)), 0)::text from public.{quoted}", connection) { CommandTimeout = 0 };
            await using var reader = await command.ExecuteReaderAsync(cancel);
            await reader.ReadAsync(cancel);
            figures.Add(new TableFigure(name, reader.GetInt64(0), reader.GetString(1)));
        }
        return figures;
    }

    /// <summary>Mails whose bytes are not what their digest says; those of which only the head was kept are left out.</summary>
    public static async Task<long> DamagedMailsAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("select count(*) from raw_mail where not is_head and sha256(bytes) <> sha256", connection) { CommandTimeout = 0 };
        return (long)(await command.ExecuteScalarAsync(cancel))!;
    }
}
