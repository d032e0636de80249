using System.Security.Cryptography;
using System.Text;
using EmailOps.Core.Mailboxes;

namespace EmailOps.Tests.Mailboxes;

public sealed class SecretBoxTests : IDisposable
{
    private const string Name = "mailbox/7/imap";
    private const string Secret = "pässword with 漢字 and 🔑";
    private readonly string _folder = Directory.CreateTempSubdirectory("emailops-secrets-").FullName;

    private static SecretBox WithKey(string key) => new(new SecretsKey(new SecretsOptions { Key = key }));

    private SecretBox WithFolder() => new(new SecretsKey(new SecretsOptions { Folder = _folder }));

    private static string NewKey() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData(Secret)]
    public void What_was_sealed_opens_again_and_does_not_show(string secret)
    {
        var box = WithKey(NewKey());
        var seal = box.Seal(Name, secret);
        Assert.Equal(secret, box.Open(Name, seal));
        if (secret.Length > 1) Assert.True(seal.AsSpan().IndexOf(Encoding.UTF8.GetBytes(secret)) < 0);
    }

    [Fact]
    public void The_same_secret_looks_different_each_time()
    {
        var box = WithKey(NewKey());
        Assert.Equal(200, Enumerable.Range(0, 200).Select(_ => Convert.ToHexString(box.Seal(Name, Secret))).Distinct().Count());
    }

    [Fact]
    public void Any_changed_byte_and_any_cut_is_refused()
    {
        var box = WithKey(NewKey());
        var seal = box.Seal(Name, Secret);
        for (var at = 0; at < seal.Length; at++)
        {
            var changed = seal.ToArray();
            changed[at] ^= 0x20;
            Assert.Throws<SecretsKeyException>(() => box.Open(Name, changed));
            Assert.Throws<SecretsKeyException>(() => box.Open(Name, seal.AsSpan(0, at)));
        }
    }

    [Fact]
    public void A_secret_moved_to_another_name_does_not_open()
    {
        var box = WithKey(NewKey());
        var refused = Assert.Throws<SecretsKeyException>(() => box.Open("mailbox/8/imap", box.Seal(Name, Secret)));
        Assert.Contains("changed outside", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_key_says_which_one_is_missing_and_what_to_do_and_tells_no_key()
    {
        var (right, wrong) = (NewKey(), NewKey());
        var seal = WithKey(right).Seal(Name, Secret);
        var refused = Assert.Throws<SecretsKeyException>(() => WithKey(wrong).Open(Name, seal));
        Assert.Contains(Convert.ToHexStringLower(seal.AsSpan(1, 4)), refused.Message, StringComparison.Ordinal);
        Assert.Contains("enter the mailbox's passwords again", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(right, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(wrong, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Hexadecimal_and_both_alphabets_of_base64_are_the_same_key()
    {
        byte[] key = [.. Enumerable.Repeat((byte)0xFB, 32)];
        var seal = WithKey(Convert.ToBase64String(key)).Seal(Name, Secret);
        foreach (var form in (string[])[Convert.ToHexString(key), Convert.ToHexStringLower(key) + "\n", System.Buffers.Text.Base64Url.EncodeToString(key)])
            Assert.Equal(Secret, WithKey(form).Open(Name, seal));
    }

    [Theory]
    [InlineData("short")]
    [InlineData("c2hvcnQ=")]
    [InlineData("zz00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff")]
    public void What_is_no_key_is_refused_without_showing_it(string text)
    {
        var problem = new SecretsOptions { Key = text }.Problem();
        Assert.Contains("openssl rand -base64 32", problem, StringComparison.Ordinal);
        Assert.DoesNotContain(text, problem, StringComparison.Ordinal);
    }

    [Fact]
    public void The_key_file_is_made_at_first_sealing_for_its_owner_only_and_kept()
    {
        var seal = WithFolder().Seal(Name, Secret);
        var path = Path.Combine(_folder, SecretsKey.FileName);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        var content = File.ReadAllBytes(path);
        Assert.Equal(Secret, WithFolder().Open(Name, seal));
        WithFolder().Seal(Name, "another");
        Assert.Equal(content, File.ReadAllBytes(path));
        Assert.Single(Directory.GetFiles(_folder));
    }

    [Fact]
    public void A_lost_key_file_is_not_replaced_by_opening()
    {
        var seal = WithFolder().Seal(Name, Secret);
        File.Delete(Path.Combine(_folder, SecretsKey.FileName));
        var refused = Assert.Throws<SecretsKeyException>(() => WithFolder().Open(Name, seal));
        Assert.Contains(Path.Combine(_folder, SecretsKey.FileName), refused.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder));
    }

    [Fact]
    public void A_damaged_key_file_is_left_as_it_is()
    {
        var path = Path.Combine(_folder, SecretsKey.FileName);
        File.WriteAllText(path, "not a key");
        var refused = Assert.Throws<SecretsKeyException>(() => WithFolder().Seal(Name, Secret));
        Assert.Contains("left as it is", refused.Message, StringComparison.Ordinal);
        Assert.Equal("not a key", File.ReadAllText(path));
    }

    [Fact]
    public void Many_that_need_the_first_key_at_once_all_get_the_same()
    {
        for (var round = 0; round < 100; round++)
        {
            var folder = Path.Combine(_folder, $"round-{round}");
            using var start = new Barrier(8);
            var seals = new byte[8][];
            var threads = Enumerable.Range(0, 8).Select(i => new Thread(() =>
            {
                // Each with its own SecretsKey, as in a process of its own: only the file system is between them.
                var box = new SecretBox(new SecretsKey(new SecretsOptions { Folder = folder }));
                start.SignalAndWait();
                seals[i] = box.Seal(Name, Secret);
            })).ToList();
            threads.ForEach(t => t.Start());
            threads.ForEach(t => t.Join());
            var last = new SecretBox(new SecretsKey(new SecretsOptions { Folder = folder }));
            Assert.All(seals, seal => Assert.Equal(Secret, last.Open(Name, seal)));
            Assert.Single(Directory.GetFiles(folder));
        }
    }

    [Fact]
    public void Without_a_place_for_the_key_nothing_is_sealed()
    {
        var refused = Assert.Throws<SecretsKeyException>(() => new SecretBox(new SecretsKey(new SecretsOptions())).Seal(Name, Secret));
        Assert.Contains("SECRETS_KEY", refused.Message, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
