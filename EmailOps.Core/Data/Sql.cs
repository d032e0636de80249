using System.Text.Encodings.Web;
using System.Text.Json;
using EmailOps.Core.Contracts;
using Npgsql;
using NpgsqlTypes;

namespace EmailOps.Core.Data;

/// <summary>Short forms for the statements of the hot paths, where a round trip a row would cost more than the row.</summary>
internal static class Sql
{
    public static NpgsqlCommand Command(NpgsqlConnection connection, string sql, params ReadOnlySpan<object?> values)
    {
        var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values) command.Parameters.Add(new() { Value = value ?? DBNull.Value });
        return command;
    }

    public static async Task<int> ExecuteAsync(NpgsqlConnection connection, string sql, object?[] values, CancellationToken cancel)
    {
        await using var command = Command(connection, sql, values);
        return await command.ExecuteNonQueryAsync(cancel);
    }

    public static async Task<List<T>> QueryAsync<T>(NpgsqlConnection connection, string sql, object?[] values, Func<NpgsqlDataReader, T> read, CancellationToken cancel)
    {
        await using var command = Command(connection, sql, values);
        var rows = new List<T>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel)) rows.Add(read(reader));
        return rows;
    }

    /// <summary>Takes <paramref name="count"/> ids of a table's identity sequence at once, for COPY.</summary>
    public static Task<List<long>> TakeIdsAsync(NpgsqlConnection connection, string table, int count, CancellationToken cancel)
        => QueryAsync(connection, "select nextval(s.name) from (select pg_get_serial_sequence($1, 'id')::regclass as name offset 0) s, generate_series(1, $2)", [table, count], r => r.GetInt64(0), cancel);

    /// <summary>For columns, not for pages: letters beyond ASCII stay letters, which are half the bytes of their escapes.</summary>
    private static readonly JsonSerializerOptions s_stored = new(ContractJson.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Json<T>(T value) => JsonSerializer.Serialize(value, s_stored);

    public static T FromJson<T>(string json) => JsonSerializer.Deserialize<T>(json, ContractJson.Options)
        ?? throw new JsonException($"A stored {typeof(T).Name} is null.");

    public static async Task WriteNullable(this NpgsqlBinaryImporter copy, string? value, CancellationToken cancel)
    {
        if (value is null) await copy.WriteNullAsync(cancel);
        else await copy.WriteAsync(value, NpgsqlDbType.Text, cancel);
    }

    public static async Task WriteNullable(this NpgsqlBinaryImporter copy, long? value, CancellationToken cancel)
    {
        if (value is null) await copy.WriteNullAsync(cancel);
        else await copy.WriteAsync(value.Value, NpgsqlDbType.Bigint, cancel);
    }

    public static async Task WriteNullable(this NpgsqlBinaryImporter copy, DateTimeOffset? value, CancellationToken cancel)
    {
        if (value is null) await copy.WriteNullAsync(cancel);
        else await copy.WriteAsync(value.Value, NpgsqlDbType.TimestampTz, cancel);
    }
}
