using System.Collections.Frozen;
using System.IO.Compression;
using System.Reflection;
using System.Security.Cryptography;

namespace EmailOps.Web.Assets;

/// <summary>One file a browser may fetch without signing in.</summary>
internal sealed record Asset(string ContentType, byte[] Bytes, byte[] Brotli);

/// <summary>
/// Style, script and icons, read once from the assembly. All of them live under one folder named after their common hash, so that
/// browsers may keep them for ever and script modules can import each other by relative path.
/// </summary>
internal sealed class AssetBundle
{
    private const string Prefix = "assets/";

    /// <summary>The order in which style sheets are joined; later ones win.</summary>
    private static readonly string[] Sheets =
        ["tokens", "base", "layout", "controls", "parts", "inbox", "message", "why", "pages", "mailboxes", "models", "labels", "analytics", "access", "alerts", "narrow"];

    private readonly FrozenDictionary<string, Asset> _files;

    private AssetBundle(FrozenDictionary<string, Asset> files, string version)
    {
        _files = files;
        Version = version;
    }

    public string Version { get; }

    public string Address(string path) => $"/assets/{Version}/{path}";

    public Asset? Find(string path) => _files.GetValueOrDefault(path);

    public static AssetBundle Load()
    {
        var assembly = typeof(AssetBundle).Assembly;
        var raw = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var name in assembly.GetManifestResourceNames())
            if (name.StartsWith(Prefix, StringComparison.Ordinal))
                raw[name[Prefix.Length..]] = Read(assembly, name);
        raw["site.css"] = Join(raw);
        foreach (var sheet in raw.Keys.Where(key => key.StartsWith("css/", StringComparison.Ordinal)).ToArray())
            raw.Remove(sheet);

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var bytes in raw.Values)
            hash.AppendData(bytes);
        var version = Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 6));
        return new AssetBundle(raw.ToFrozenDictionary(file => file.Key, file => new Asset(ContentType(file.Key), file.Value, Compress(file.Value)), StringComparer.Ordinal), version);
    }

    private static byte[] Join(SortedDictionary<string, byte[]> raw)
    {
        var found = raw.Keys.Count(key => key.StartsWith("css/", StringComparison.Ordinal));
        if (found != Sheets.Length)
            throw new InvalidOperationException($"Assets/css holds {found} style sheets, AssetBundle.Sheets names {Sheets.Length}: name every sheet there.");
        using var joined = new MemoryStream();
        foreach (var sheet in Sheets)
            joined.Write(raw[$"css/{sheet}.css"]);
        return joined.ToArray();
    }

    private static byte[] Read(Assembly assembly, string name)
    {
        using var stream = assembly.GetManifestResourceStream(name)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private static byte[] Compress(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var brotli = new BrotliStream(packed, CompressionLevel.Optimal))
            brotli.Write(bytes);
        return packed.ToArray();
    }

    private static string ContentType(string path) => Path.GetExtension(path) switch
    {
        ".css" => "text/css; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".svg" => "image/svg+xml",
        var other => throw new InvalidOperationException($"No content type is known for {other} files: add it to AssetBundle."),
    };
}
