using System.IO.Compression;
using System.Text;
using EmailOps.Mail.Containers;

namespace EmailOps.Tests.Mail.Containers;

public class ZipTests
{
    [Fact]
    public void A_zip_gives_the_mails_of_everything_in_it()
    {
        var zip = Zip(("one.eml", "Subject: 1\n\n1"), ("box/in.mbox", "From x@y.example Thu Jan  1 10:00:00 2026\nSubject: 2\n\n2\n"),
            ("Mail/cur/13.host:2,F", "Subject: 3\n\n3"), ("readme.txt", "no mail here"), ("__MACOSX/._one.eml", "junk"));
        var mails = Read(zip);
        Assert.Equal(["all.zip!one.eml", "all.zip!box/in.mbox#1 @ 0", "all.zip!Mail/cur/13.host:2,F"], mails.Select(m => m.Origin));
        Assert.Equal("F", mails[2].MaildirFlags);
        Assert.Equal("Subject: 1\n\n1", Encoding.UTF8.GetString(mails[0].Raw.Span));
    }

    [Fact]
    public void A_zip_of_nothing_says_so() => Assert.Contains("empty", Assert.Single(Read(Zip())).Problem, StringComparison.Ordinal);

    [Fact]
    public void A_zip_without_mail_says_so() =>
        Assert.Contains("none of which looks like mail", Assert.Single(Read(Zip(("a.txt", "x"), ("b.png", "y")))).Problem, StringComparison.Ordinal);

    [Fact]
    public void A_zip_bomb_stops_early_and_the_next_entry_is_read()
    {
        var bomb = "Subject: bomb\n\n" + new string('0', 40_000_000);
        var mails = Read(Zip(("bomb.eml", bomb), ("good.eml", "Subject: good\n\n")), new ContainerLimits { RatioFloorBytes = 1_000_000 });
        Assert.Contains("zip bombs", mails[0].Problem, StringComparison.Ordinal);
        Assert.Null(mails[1].Problem);
    }

    [Fact]
    public void The_unpacking_budget_ends_the_zip_with_one_problem()
    {
        var text = "Subject: a\n\n" + new string('x', 5_000);
        var mails = Read(Zip(("1.eml", text), ("2.eml", text), ("3.eml", text)), new ContainerLimits { MaxUnpackedBytes = 7_000 });
        Assert.Equal(2, mails.Count);
        Assert.Contains("more than the limit", mails[1].Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_zip_and_one_inside_another_say_so()
    {
        var whole = Zip(("1.eml", "Subject: a\n\n"));
        Assert.Contains("damaged", Assert.Single(Read(whole[..(whole.Length / 2)])).Problem, StringComparison.Ordinal);
        using var memory = new MemoryStream();
        using (var outer = new ZipArchive(memory, ZipArchiveMode.Create, leaveOpen: true))
        using (var entry = outer.CreateEntry("inner.zip").Open())
            entry.Write(whole);
        Assert.Contains("zip inside a zip", Assert.Single(Read(memory.ToArray())).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void More_entries_than_allowed_are_refused_before_the_directory_is_read() =>
        Assert.Contains("more than 2 entries", Assert.Single(Read(Zip(("1", ""), ("2", ""), ("3", "")), new ContainerLimits { MaxZipEntries = 2 })).Problem, StringComparison.Ordinal);

    [Fact]
    public void A_zip_from_a_stream_that_cannot_be_sought_is_read_too()
    {
        using var container = MailContainer.Open(new ForwardStream(Zip(("1.eml", "Subject: a\n\n"))), "all.zip");
        Assert.Equal("all.zip!1.eml", Assert.Single(container.Read()).Origin);
    }

    private static List<ContainedMail> Read(byte[] zip, ContainerLimits? limits = null)
    {
        using var container = MailContainer.Open(new MemoryStream(zip), "all.zip", limits);
        return container.Read().ToList();
    }

    private static byte[] Zip(params (string Name, string Content)[] entries)
    {
        using var memory = new MemoryStream();
        using (var zip = new ZipArchive(memory, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in entries)
            {
                using var stream = zip.CreateEntry(name).Open();
                stream.Write(Encoding.UTF8.GetBytes(content));
            }
        }

        return memory.ToArray();
    }

    private sealed class ForwardStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}
