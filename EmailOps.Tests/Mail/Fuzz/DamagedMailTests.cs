using System.Text;
using EmailOps.Benchmarks.Fuzz;

namespace EmailOps.Tests.Mail.Fuzz;

/// <summary>The short run of <c>EmailOps.Benchmarks fuzz</c>: the same damage each time, through everything that reads mail.</summary>
public class DamagedMailTests
{
    private const int Rounds = 1_500;
    private const long MaxBytes = 300L * 1024 * 1024;

    [Fact]
    public void No_damage_makes_a_reader_throw_or_eat_memory()
    {
        if (SharedData.Find("mime-parse") is not { } folder)
            return;
        var corpus = Directory.EnumerateFiles(folder, "*.eml", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(File.ReadAllBytes).Where(m => m.Length < 100_000).ToArray();
        var mutator = new Mutator(20261121);
        for (var round = 0; round < Rounds; round++)
        {
            var mail = mutator.Next(corpus);
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                _ = Reading.All(mail);
            }
            catch (Exception thrown)
            {
                throw new InvalidOperationException($"round {round} threw; the mail begins {Encoding.Latin1.GetString(mail.AsSpan(0, Math.Min(300, mail.Length)))}", thrown);
            }
            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(allocated < MaxBytes, $"round {round}: {allocated} bytes for a mail of {mail.Length}");
        }
    }

    [Fact]
    public void The_same_seed_damages_the_same_way()
    {
        byte[][] corpus = ["Subject: a\r\n\r\nwords of one mail\r\n"u8.ToArray(), "Subject: b\r\n\r\nother words\r\n"u8.ToArray()];
        var (one, other) = (new Mutator(7), new Mutator(7));
        for (var i = 0; i < 50; i++)
            Assert.Equal(one.Next(corpus), other.Next(corpus));
    }
}
