using EmailOps.Core.Learning;

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

    private static string Temporary(string folder)
    {
        Directory.CreateDirectory(folder);
        return Path.Combine(folder, $"learned-{Guid.NewGuid():N}.model");
    }
}
