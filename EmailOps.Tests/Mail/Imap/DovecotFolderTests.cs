using System.Text;
using EmailOps.Mail.Imap;
using EmailOps.Tests.MailServers;

namespace EmailOps.Tests.Mail.Imap;

/// <summary>Folders, messages put in, moved, marked and found again.</summary>
public sealed class DovecotFolderTests(MailServersFixture mail) : IClassFixture<MailServersFixture>
{
    [Fact]
    public async Task Folders_are_listed_with_their_use_and_names_of_any_script()
    {
        if (!mail.TryGet(out var servers)) return;
        var user = await servers.AddUserAsync();
        await using var client = await ImapLogin.OpenAsync(servers, user);
        string[] names = ["Entwürfe", "受信箱/見積", "R&D", "Ünïcødé 😀 \"quoted\" \\ slash", "ordinary"];
        foreach (var name in names)
            await client.CreateFolderAsync(name);
        var folders = await client.ListAsync();
        Assert.Equal(ImapFolderUse.Sent, folders.Single(folder => folder.Name == "Sent").Use);
        Assert.Equal(ImapFolderUse.Inbox, folders.Single(folder => folder.Name == "INBOX").Use);
        Assert.Equal('/', folders[0].Delimiter);
        Assert.All(names, name => Assert.Contains(folders, folder => folder.Name == name));
        foreach (var name in names)
        {
            Assert.Equal(name, (await client.SelectAsync(name)).Name);
            Assert.Equal(0u, (await client.StatusAsync(name)).Messages);
        }
        await client.UnselectAsync();
        Assert.Null(client.Folder);
        await client.SubscribeAsync("R&D");
        await client.DeleteFolderAsync("R&D");
        Assert.DoesNotContain(await client.ListAsync("R%"), folder => folder.Name == "R&D");
        Assert.Equal("/", (await client.NamespacesAsync())[0].Delimiter.ToString());
        Assert.Equal("Dovecot", (await client.IdAsync(new Dictionary<string, string> { ["name"] = "EmailOps" }))["name"]);
        var missing = await Assert.ThrowsAsync<ImapCommandException>(() => client.SelectAsync("no such"));
        Assert.Contains("doesn't exist", missing.ServerText, StringComparison.Ordinal);
        Assert.Null(client.Folder);
    }

    [Fact]
    public async Task An_appended_message_has_the_UID_flags_and_date_it_was_given()
    {
        if (!mail.TryGet(out var servers)) return;
        var user = await servers.AddUserAsync();
        await using var client = await ImapLogin.OpenAsync(servers, user);
        var date = new DateTimeOffset(2026, 2, 3, 4, 5, 6, TimeSpan.FromHours(-5.5));
        var flags = new ImapFlags(ImapSystemFlags.Seen | ImapSystemFlags.Answered, ["$Forwarded"]);
        var raw = Encoding.UTF8.GetBytes(Letters.Plain(7) + "übel\r\n");
        var appended = await client.AppendAsync("Sent", raw, flags, date);
        var folder = await client.SelectAsync("Sent");
        Assert.Equal(new ImapAppendResult(folder.UidValidity, 1), appended);
        await foreach (var message in client.FetchAsync(UidSet.Of(appended.Uid), new ImapFetch { OwnedBytes = true }))
        {
            Assert.Equal(raw, message.TakeArray());
            Assert.Equal(date, message.InternalDate);
            Assert.Equal(flags.System, message.Flags.System & ~ImapSystemFlags.Recent);
            Assert.True(message.Flags.Has("$forwarded"));
        }
        Assert.Equal(appended.Uid, (await client.SearchAsync(ImapSearch.MessageId("<letter.7@customer.example>"))).Single());
        Assert.True((await client.SearchAsync(ImapSearch.MessageId("<letter.8@customer.example>"))).IsEmpty);
        Assert.True((await client.SearchAsync(new ImapSearch { Header = ("Subject", "größer") })).IsEmpty);
        var nowhere = await Assert.ThrowsAsync<ImapCommandException>(() => client.AppendAsync("Nowhere", raw));
        Assert.Equal("TRYCREATE", nowhere.Code);
    }

    [Fact]
    public async Task Moved_messages_say_where_they_went()
    {
        if (!mail.TryGet(out var servers)) return;
        var user = await servers.AddUserAsync();
        servers.Delivery.Drop(user, Enumerable.Range(1, 5).Select(number => Letters.Plain(number)));
        await using var client = await ImapLogin.OpenAsync(servers, user);
        await client.SelectAsync("INBOX");
        var moved = await client.MoveAsync(UidSet.Parse("2:3,5"), "Archive");
        Assert.Equal(("2:3,5", "1:3", true), (moved.Source.ToString(), moved.Destination.ToString(), moved.IsSourceRemoved));
        Assert.Equal(2u, client.Folder!.Exists);
        Assert.Equal("4", (await client.CopyAsync(UidSet.Of(1), "Archive")).Destination.ToString());
        Assert.True(await client.DeleteAsync(UidSet.Of(1)));
        Assert.Equal("4", (await client.SearchAsync()).ToString());
        Assert.Equal(moved.UidValidity, (await client.SelectAsync("Archive")).UidValidity);
        Assert.Equal(4u, client.Folder!.Exists);
        var nowhere = await Assert.ThrowsAsync<ImapCommandException>(() => client.MoveAsync(UidSet.Of(1), "Nowhere"));
        Assert.Equal("TRYCREATE", nowhere.Code);
    }

    [Fact]
    public async Task A_search_from_beyond_the_last_message_finds_nothing()
    {
        if (!mail.TryGet(out var servers)) return;
        var user = await servers.AddUserAsync();
        servers.Delivery.Drop(user, Enumerable.Range(1, 3).Select(number => Letters.Plain(number)));
        await using var client = await ImapLogin.OpenAsync(servers, user);
        await client.SelectAsync("INBOX", readOnly: true);
        Assert.Equal("3", (await client.SearchAsync(ImapSearch.NewFrom(3))).ToString());
        Assert.True((await client.SearchAsync(ImapSearch.NewFrom(4))).IsEmpty);
        Assert.Equal("1:3", (await client.SearchAsync(new ImapSearch { Without = ImapSystemFlags.Seen, Since = new DateOnly(2020, 1, 1) })).ToString());
        Assert.True((await client.SearchAsync(new ImapSearch { Among = UidSet.Empty })).IsEmpty);
    }

    [Fact]
    public async Task A_large_message_comes_whole_and_one_over_the_limit_as_its_head_with_its_true_size()
    {
        if (!mail.TryGet(out var servers)) return;
        var user = await servers.AddUserAsync();
        var large = Encoding.ASCII.GetBytes(Letters.Plain(2, 20_000_000));
        servers.Delivery.Drop(user, [Encoding.ASCII.GetBytes(Letters.Plain(1)), large, Encoding.ASCII.GetBytes(Letters.Plain(3))]);
        await using var client = await ImapLogin.OpenAsync(servers, user, new ImapLimits { HeadBytes = 1_000 });
        await client.SelectAsync("INBOX", readOnly: true);
        await foreach (var message in client.FetchAsync(UidSet.Of(2)))
            Assert.True(message.Content.Span.SequenceEqual(large) && !message.IsCut);

        foreach (var limit in (int[])[large.Length, large.Length - 1, 5_000, 1])
        {
            var seen = new List<(uint, bool, long)>();
            await foreach (var message in client.FetchAsync(UidSet.Range(1, 3), new ImapFetch { MaxMessageBytes = limit }))
            {
                seen.Add((message.Uid, message.IsCut, message.Size));
                if (message.IsCut)
                    Assert.Equal(large[..1].ToArray(), message.Content.Span[..1].ToArray());
                Assert.True(!message.IsCut || message.Content.Length <= 1_000);
            }
            var small = Letters.Plain(1).Length;
            Assert.Equal([(1u, limit < small, small), (2u, limit < large.Length, large.Length), (3u, limit < small, (long)small)], seen);
        }
    }

    [Fact]
    public async Task Headers_and_flags_alone_can_be_fetched()
    {
        if (!mail.TryGet(out var servers)) return;
        var user = await servers.AddUserAsync();
        servers.Delivery.Drop(user, Letters.Plain(1), Letters.Plain(2));
        await using var client = await ImapLogin.OpenAsync(servers, user);
        await client.SelectAsync("INBOX", readOnly: true);
        await foreach (var message in client.FetchAsync(UidSet.Range(1, 2), new ImapFetch { Content = ImapFetchContent.Header }))
        {
            var letter = Letters.Plain((int)message.Uid);
            Assert.Equal(letter[..(letter.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)], Encoding.ASCII.GetString(message.Content.Span));
            Assert.Equal(letter.Length, message.Size);
            Assert.False(message.IsCut);
        }
        var sizes = new List<long>();
        await foreach (var message in client.FetchAsync(UidSet.Range(1, 2), new ImapFetch { Content = ImapFetchContent.None }))
            sizes.Add(message.Size);
        Assert.Equal([Letters.Plain(1).Length, Letters.Plain(2).Length], sizes);
    }
}
