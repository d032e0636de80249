using System.Security.Cryptography;
using EmailOps.Core.Contracts;
using EmailOps.Core.Learning;
using Npgsql;

namespace EmailOps.Core.Data.Lessons;

/// <summary>A text model as the bytes of its file.</summary>
internal static class ModelBytes
{
    public static byte[] Write(TextModel model, string folder)
    {
        var path = Temporary(folder);
        try
        {
            TextModelFile.Save(model.Parts, path);
            return File.ReadAllBytes(path);
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <returns>Null when the bytes are of another version of the format.</returns>
    public static TextModel? Read(byte[] bytes, string folder)
    {
        var path = Temporary(folder);
        try
        {
            File.WriteAllBytes(path, bytes);
            return new TextModel(TextModelFile.Load(path));
        }
        catch (InvalidDataException)
        {
            return null;
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>The bytes kept with a version.</summary>
    /// <returns>Null when they are gone or damaged: the version is made again from its recipe.</returns>
    public static async Task<byte[]?> FindAsync(NpgsqlDataSource source, long mailboxId, ModelTopic topic, int number, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        var rows = await Sql.QueryAsync(connection, "select bytes, sha256 from model_version where mailbox_id = $1 and topic = $2 and number = $3 and bytes is not null", [mailboxId, topic.ToString(), number],
            r => (Bytes: r.GetFieldValue<byte[]>(0), Hash: r.GetFieldValue<byte[]>(1)), cancel);
        return rows is [var row] && row.Hash.AsSpan().SequenceEqual(SHA256.HashData(row.Bytes)) ? row.Bytes : null;
    }

    private static string Temporary(string folder)
    {
        Directory.CreateDirectory(folder);
        return Path.Combine(folder, $"learned-{Guid.NewGuid():N}.model");
    }
}
