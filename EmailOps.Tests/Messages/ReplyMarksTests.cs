using EmailOps.Core.Messages;

namespace EmailOps.Tests.Messages;

public sealed class ReplyMarksTests
{
    private static readonly ReplyMarks Marks = new("a key of this test"u8.ToArray());

    [Theory]
    [InlineData(1)]
    [InlineData(31)]
    [InlineData(32)]
    [InlineData(1_234_567_890)]
    [InlineData(long.MaxValue)]
    public void A_message_id_gives_its_draft_back_whatever_its_case(long draft)
    {
        var id = Marks.InternetMessageId(draft, "support@shop.example");

        Assert.Equal(id, new ReplyMarks("a key of this test"u8.ToArray()).InternetMessageId(draft, "support@shop.example")); // after a crash
        Assert.Equal(draft, Marks.DraftOf(id));
        Assert.Equal(draft, Marks.DraftOf(id.ToUpperInvariant()));
        Assert.EndsWith("@shop.example", id, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(987_654_321)]
    [InlineData(long.MaxValue)]
    public void A_plus_address_gives_its_thread_back_whatever_its_case(long thread)
    {
        var address = Marks.PlusAddress(thread, "support@shop.example")!;

        Assert.Equal(thread, Marks.ThreadOf(address));
        Assert.Equal(thread, Marks.ThreadOf(address.ToUpperInvariant()));
        Assert.StartsWith("support+t", address, StringComparison.Ordinal);
    }

    [Fact]
    public void The_plus_address_of_a_tagged_mailbox_is_told_by_its_last_plus() => Assert.Equal(5, Marks.ThreadOf(Marks.PlusAddress(5, "help+de@shop.example")!));

    [Fact]
    public void A_local_part_longer_than_servers_must_take_gets_no_plus_address()
    {
        Assert.Null(Marks.PlusAddress(1, $"{new string('a', 60)}@shop.example"));
        Assert.Null(Marks.PlusAddress(1, "no address"));
        Assert.True(Marks.PlusAddress(long.MaxValue, $"{new string('a', 33)}@shop.example")!.IndexOf('@', StringComparison.Ordinal) <= 64);
    }

    [Fact]
    public void Every_changed_letter_spoils_a_mark()
    {
        var id = Marks.InternetMessageId(4711, "support@shop.example");
        var token = id.IndexOf('.', StringComparison.Ordinal) + 1;
        for (var i = token; i < id.IndexOf('@', StringComparison.Ordinal); i++)
            Assert.Null(Marks.DraftOf(id[..i] + (id[i] == '7' ? '8' : '7') + id[(i + 1)..]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("@")]
    [InlineData("emailops.@shop.example")]
    [InlineData("emailops.0000000000000000@shop.example")]
    [InlineData("emailops.00000000000000000@shop.example")]
    [InlineData("emailops.0000000000000000zzzzzzzzzzzzz@shop.example")]
    [InlineData("emailops.0000000000000000zzzzzzzzzzzzzzzzzzzzzz@shop.example")]
    [InlineData("emailops.ééééééééééééééééé@shop.example")]
    [InlineData("emailops-3f2504e04f8911d39a0c0305e82c3301@shop.example")]
    public void What_we_did_not_sign_is_no_mark(string id) => Assert.Null(Marks.DraftOf(id));

    [Theory]
    [InlineData("")]
    [InlineData("support@shop.example")]
    [InlineData("support+t@shop.example")]
    [InlineData("support+t00000000000000001@shop.example")]
    [InlineData("+t00000000000000001@shop.example")]
    [InlineData("support+test@shop.example")]
    public void What_we_did_not_sign_is_no_plus_address(string address) => Assert.Null(Marks.ThreadOf(address));

    [Fact]
    public void A_mark_of_another_key_or_of_another_use_counts_nothing()
    {
        var other = new ReplyMarks("another key"u8.ToArray());
        Assert.Null(other.DraftOf(Marks.InternetMessageId(7, "support@shop.example")));

        var token = Marks.InternetMessageId(7, "a@b.example").Split('.', '@')[1];
        Assert.Null(Marks.ThreadOf($"support+t{token}@shop.example"));
    }

    [Fact]
    public void Marks_are_found_in_the_text_of_a_report()
    {
        var (one, two) = (Marks.InternetMessageId(8, "support@shop.example"), Marks.InternetMessageId(9, "support@shop.example"));
        var text = $"Your message <{one}> and EMAILOPS.{two["emailops.".Length..].ToUpperInvariant()}; not emailops.short@x nor emailops. nor emailops.{new string('0', 40)}@x";

        Assert.Equal([8L, 9L], ReplyMarks.Candidates(text).Select(Marks.DraftOf).OfType<long>());
        Assert.Equal(20, ReplyMarks.Candidates(string.Concat(Enumerable.Repeat($"<{one}> ", 1000))).Count);
    }

    [Fact]
    public void The_domain_of_an_id_is_written_in_ASCII()
    {
        var id = Marks.InternetMessageId(7, "service@bücher.example");
        Assert.EndsWith("@xn--bcher-kva.example", id, StringComparison.Ordinal);
        Assert.Equal(7, Marks.DraftOf(id));
    }
}
