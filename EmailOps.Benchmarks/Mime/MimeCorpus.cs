using System.Buffers.Binary;
using EmailOps.Benchmarks.Throughput;

namespace EmailOps.Benchmarks.Mime;

/// <summary>Writes the mails that are read as one file, a 32 bit little-endian length before each, the same order for every reader.</summary>
internal static class MimeCorpus
{
    private const int Seed = 20261121;

    /// <summary>Real mail: every .eml below the folder, line ends as servers send them, repeated in a shuffled order. Returns how many different ones.</summary>
    public static int WriteReal(string data, string path, int count)
    {
        var mails = Directory.EnumerateFiles(data, "*.eml", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(f => ServerLines(File.ReadAllBytes(f))).Where(m => m.Length > 0).ToArray();
        if (mails.Length == 0)
            return 0;
        var random = new Random(Seed);
        using var file = File.Create(path);
        for (var written = 0; written < count;)
        {
            random.Shuffle(mails);
            foreach (var mail in mails.AsSpan(0, Math.Min(mails.Length, count - written)))
            {
                Write(file, mail);
                written++;
            }
        }
        return mails.Length;
    }

    /// <summary>Generated business mail of 10 to 30 kB (see <see cref="BusinessMail"/>).</summary>
    public static void WriteBusiness(IReadOnlyList<string> texts, string path, int count)
    {
        var mails = new BusinessMail(texts, Seed);
        using var file = File.Create(path);
        for (var number = 0; number < count; number++)
            Write(file, mails.Next(number));
    }

    private static void Write(FileStream file, byte[] mail)
    {
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, mail.Length);
        file.Write(length);
        file.Write(mail);
    }

    private static byte[] ServerLines(byte[] mail)
    {
        var lines = new List<byte>(mail.Length + mail.Length / 40);
        for (var at = 0; at < mail.Length; at++)
        {
            if (mail[at] == '\n' && (at == 0 || mail[at - 1] != '\r'))
                lines.Add((byte)'\r');
            lines.Add(mail[at]);
        }
        return [.. lines];
    }
}
