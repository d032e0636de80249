using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using EmailOps.Mail;

namespace EmailOps.Benchmarks.Mime;

/// <summary>
/// The work that is measured, in a process of its own: parse all, Subject and From, every text part to a string, every attachment's bytes to nowhere,
/// attachment names.
/// </summary>
internal sealed class MimeWork
{
    private long _parts;
    private long _bytes;

    /// <summary>Prints one line: first-1000-seconds steady-messages-per-second parts bytes allocated-bytes-per-message.</summary>
    public static int Run(FileInfo corpus, int passes)
    {
        var work = new MimeWork();
        ReadOnlyMemory<byte> all = File.ReadAllBytes(corpus.FullName);
        double first = 0, steady = 0, allocated = 0;
        for (var pass = 0; pass < passes; pass++)
        {
            (work._parts, work._bytes) = (0, 0);
            var before = GC.GetAllocatedBytesForCurrentThread();
            var started = Stopwatch.GetTimestamp();
            var count = 0;
            for (var at = 0; at + 4 <= all.Length; count++)
            {
                if (count == 1000 && pass == 0)
                    first = Stopwatch.GetElapsedTime(started).TotalSeconds;
                var length = BinaryPrimitives.ReadInt32LittleEndian(all.Span[at..]);
                work.Read(all.Slice(at + 4, length));
                at += 4 + length;
            }
            steady = count / Stopwatch.GetElapsedTime(started).TotalSeconds;
            allocated = (GC.GetAllocatedBytesForCurrentThread() - before) / (double)count;
        }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{first:0.000000} {steady:0.0} {work._parts} {work._bytes} {allocated:0}"));
        return 0;
    }

    private void Read(ReadOnlyMemory<byte> raw)
    {
        var message = MailMessage.Parse(raw);
        _bytes += message.Subject.Length + message.From.Count;
        Walk(message.Root);
    }

    private void Walk(MimePart part)
    {
        if (part.Children.Count > 0)
        {
            foreach (var child in part.Children)
                Walk(child);
            return;
        }
        _parts++;
        if (part.Message is { } inner)
        {
            Walk(inner.Root);
            return;
        }
        if (part.ContentType.IsText)
        {
            _bytes += part.DecodeText().Length;
            return;
        }
        _bytes += part.FileName?.Length ?? 0;
        part.DecodeTo(Stream.Null);
    }
}
