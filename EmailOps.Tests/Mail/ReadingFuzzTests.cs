using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using EmailOps.Mail;
using EmailOps.Mail.Automated;
using EmailOps.Mail.Containers;
using EmailOps.Mail.Replies;

namespace EmailOps.Tests.Mail;

/// <summary>Seeded mutations of real mail through everything that reads mail: nothing may throw, and nothing may be slow.</summary>
public class ReadingFuzzTests
{
    private const int Rounds = 3;

    // Quadratic work shows as minutes; a busy machine must not.
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(10);

    [Fact]
    public void Mutated_messages_are_classified_without_a_throw()
    {
        if (SharedData.Find("auto-mail") is not { } folder)
            return;
        var random = new Random(20261121);
        foreach (var path in Directory.EnumerateFiles(folder, "*.eml", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            var raw = File.ReadAllBytes(path);
            for (var round = 0; round < Rounds; round++)
            {
                var mutated = Mutate(raw, random);
                var clock = Stopwatch.StartNew();
                var message = MailMessage.Parse(mutated);
                Assert.NotNull(AutomatedMail.Classify(message).Reason);
                Assert.NotNull(ReplyParser.Parse(message).NewText);
                Assert.True(clock.Elapsed < Slow, $"{path}, round {round} took {clock.Elapsed}");
            }
        }
    }

    [Fact]
    public void Mutated_bodies_are_parsed_without_a_throw_as_text_and_as_HTML()
    {
        if (SharedData.Find("reply-stripping") is not { } folder)
            return;
        var random = new Random(20261122);
        foreach (var line in File.ReadLines(Path.Combine(folder, "cases.jsonl")))
        {
            using var json = JsonDocument.Parse(line);
            var body = Encoding.UTF8.GetBytes(json.RootElement.GetProperty("input").GetString()!);
            for (var round = 0; round < Rounds * 3; round++)
            {
                var mutated = Encoding.UTF8.GetString(Mutate(body, random));
                Assert.NotNull(ReplyParser.Parse(mutated).NewText);
                Assert.NotNull(ReplyParser.ParseHtml(mutated).NewText);
            }
        }
    }

    [Fact]
    public void Mutated_containers_give_mails_or_problems()
    {
        var random = new Random(20261123);
        var mbox = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 20).Select(i => $"From a@b.example Thu Jan  1 10:00:{i:00} 2026\nSubject: {i}\nContent-Length: {i}\n\nbody {i}\n>From here\n\n")));
        var zip = Zip(mbox);
        for (var round = 0; round < 300; round++)
        {
            Assert.All(Read(Mutate(mbox, random), "in.mbox"), m => Assert.True(m.Raw.Length <= m.Size));
            Assert.NotEmpty(Read(Mutate(zip, random), "all.zip"));
        }
    }

    private static List<ContainedMail> Read(byte[] bytes, string name)
    {
        using var container = MailContainer.Open(new MemoryStream(bytes), name);
        return container.Read().ToList();
    }

    private static byte[] Zip(byte[] mbox)
    {
        using var memory = new MemoryStream();
        using (var zip = new ZipArchive(memory, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var name in (string[])["a.mbox", "b.mbox"])
            {
                using var entry = zip.CreateEntry(name).Open();
                entry.Write(mbox);
            }
        }

        return memory.ToArray();
    }

    // Bytes flipped, pieces cut out, doubled, or moved; line ends lost.
    private static byte[] Mutate(byte[] raw, Random random)
    {
        var bytes = new List<byte>(raw);
        for (var change = random.Next(1, 8); change > 0 && bytes.Count > 4; change--)
        {
            var at = random.Next(bytes.Count);
            var length = Math.Min(random.Next(1, 200), bytes.Count - at);
            switch (random.Next(5))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes.RemoveRange(at, length);
                    break;
                case 2:
                    bytes.InsertRange(random.Next(bytes.Count), bytes.GetRange(at, length));
                    break;
                case 3:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                default:
                    bytes.RemoveAll(b => b == (random.Next(2) == 0 ? '\n' : '\r'));
                    break;
            }
        }

        return [.. bytes];
    }
}
