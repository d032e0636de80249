using System.Text;
using EmailOps.Mail.Containers;

namespace EmailOps.Tests.Mail.Containers;

public sealed class FolderTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("emailops-container-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void A_folder_is_read_through_in_name_order_with_every_kind_in_it()
    {
        Write("b.eml", "Subject: b\n\nb");
        Write("a/no-extension", "Received: from x\nSubject: a\n\na");
        Write("c.mbox", "From x@y.example Thu Jan  1 10:00:00 2026\nSubject: c\n\nc\n");
        Write("notes.txt", "Dear diary, this is not a mail");
        Write(".hidden.eml", "Subject: h\n\nh");
        var (mails, container) = Read();
        Assert.Equal(["b.eml", "c.mbox#1 @ 0", Path.Combine("a", "no-extension")], mails.Select(m => m.Origin));
        Assert.Equal(1, container.FilesIgnored);
        Assert.Equal(ContainerKind.Folder, container.Kind);
        Assert.Equal(4, container.FileCount);
        Assert.Equal(container.TotalBytes, container.BytesRead);
    }

    [Fact]
    public void A_maildir_gives_cur_and_new_with_flags_and_its_subfolders_but_not_tmp()
    {
        Write("cur/1300000000.M1P2.host,S=12:2,RS", "Subject: a\n\na");
        Write("new/1300000001.M1P2.host", "Subject: b\n\nb");
        Write("tmp/1300000002.M1P2.host", "Subject: unfinished\n\n");
        Write("dovecot-uidlist", "3 V1 N5");
        Write(".Sent/cur/1300000003.M1P2.host;2,S", "Subject: c\n\nc");
        Write(".Sent/new/.keep", "");
        var (mails, container) = Read();
        Assert.Equal(ContainerKind.Maildir, container.Kind);
        Assert.Equal(["S", "RS", ""], mails.Select(m => m.MaildirFlags));
        Assert.Equal(3, mails.Count);
    }

    [Fact]
    public void A_file_that_cannot_be_read_is_an_entry_and_the_rest_goes_on()
    {
        Write("a.eml", "Subject: a\n\na");
        File.CreateSymbolicLink(Path.Combine(_folder.FullName, "b.eml"), Path.Combine(_folder.FullName, "gone"));
        Write("c.eml", "Subject: c\n\nc");
        var (mails, _) = Read();
        Assert.Equal(["a.eml", "b.eml", "c.eml"], mails.Select(m => m.Origin));
        Assert.Contains("could not be read", mails[1].Problem, StringComparison.Ordinal);
        Assert.Null(mails[2].Problem);
    }

    [Fact]
    public void A_message_of_200_MB_comes_as_its_head_without_being_read()
    {
        Write("big.eml", "Subject: big\n\n");
        using (var file = File.OpenWrite(Path.Combine(_folder.FullName, "big.eml")))
            file.SetLength(200L * 1024 * 1024);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var (mails, _) = Read();
        var mail = Assert.Single(mails);
        Assert.True(mail.IsCut);
        Assert.Equal(200L * 1024 * 1024, mail.Size);
        Assert.Equal(1024 * 1024, mail.Raw.Length);
        Assert.Contains("200 MB", mail.Problem, StringComparison.Ordinal);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 4 * 1024 * 1024);
    }

    [Fact]
    public void A_mail_just_under_the_limit_is_whole()
    {
        Write("near.eml", "Subject: near\n\n" + new string('x', 985));
        using var container = MailContainer.Open(_folder.FullName, new ContainerLimits { MaxMessageBytes = 1000, HeadBytes = 10 });
        var mail = Assert.Single(container.Read());
        Assert.False(mail.IsCut);
        Assert.Equal(1000, mail.Raw.Length);
    }

    [Theory]
    [InlineData("empty.eml", "", "empty")]
    [InlineData("notes.txt", "hello world", "does not look like mail")]
    [InlineData("old.pst", "!BDNxxxx", ".pst")]
    public void A_single_file_that_is_no_mail_says_so(string name, string content, string expected)
    {
        Write(name, content);
        using var container = MailContainer.Open(Path.Combine(_folder.FullName, name));
        Assert.Contains(expected, Assert.Single(container.Read()).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_folder_and_a_missing_path_say_so()
    {
        Assert.Contains("nothing in it", Assert.Single(Read().Mails).Problem, StringComparison.Ordinal);
        var failure = Assert.Throws<FileNotFoundException>(() => MailContainer.Open(Path.Combine(_folder.FullName, "nowhere")));
        Assert.Contains("nowhere", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_link_to_its_own_parent_does_not_run_in_circles()
    {
        Write("sub/a.eml", "Subject: a\n\na");
        Directory.CreateSymbolicLink(Path.Combine(_folder.FullName, "sub", "up"), _folder.FullName);
        Assert.Single(Read().Mails);
    }

    [Fact]
    public void A_mail_with_bare_carriage_returns_is_seen_as_mail()
    {
        Write("old-mac", "Received: from x\rSubject: a\r\ra");
        Assert.Equal("Received: from x\rSubject: a\r\ra", Encoding.UTF8.GetString(Assert.Single(Read().Mails).Raw.Span));
    }

    private (List<ContainedMail> Mails, MailContainer Container) Read()
    {
        using var container = MailContainer.Open(_folder.FullName);
        return (container.Read().ToList(), container);
    }

    private void Write(string name, string content)
    {
        var path = Path.Combine(_folder.FullName, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
    }
}
