using EmailOps.Tests.Mail.Mime;

namespace EmailOps.Tests.Mail.Headers;

public class EncodedWordTests
{
    [Theory]
    [InlineData("=?utf-8?Q?Gr=C3=BC=C3=9Fe?=", "Grüße")]
    [InlineData("=?UTF-8?B?R3LDvMOfZQ==?=", "Grüße")]
    [InlineData("=?iso-8859-10?Q?=A1=BD=F0?=", "Ą―ð")]
    [InlineData("=?iso-8859-14?Q?=A1=D0=F7=FE?=", "ḂŴṫŷ")]
    [InlineData("=?iso-8859-16?Q?=A4=AA=BA=DE=FD?=", "€ȘșȚę")]
    [InlineData("=??Q?Gr=C3=BC=C3=9Fe?=", "Grüße")]
    [InlineData("=?iso-8859-1?q?a?= b", "a b")]
    [InlineData("=?iso-8859-1?q?a?= =?iso-8859-1?q?b?=", "ab")]
    [InlineData("=?iso-8859-1?q?a_?=\n =?iso-8859-1?q?b?=", "a b")]
    [InlineData("Re: =?utf-8?B?w4Q=?= and =?utf-8?B?w5Y=?=", "Re: Ä and Ö")]
    [InlineData("=?utf-8*de?Q?Gr=C3=BC=C3=9Fe?=", "Grüße")]
    [InlineData("=?ISO-2022-JP?B?GyRCJDMkcyRLJEEkTxsoQg==?=", "こんにちは")]
    [InlineData("=?gb2312?B?xOO6ww==?=", "你好")]
    [InlineData("=?ks_c_5601-1987?B?sPiy?=", "공\uFFFD")]
    public void Well_formed_words_are_decoded(string raw, string expected) => Assert.Equal(expected, Subject(raw));

    [Theory]
    [InlineData("=?utf-8?B?4oI=?= =?utf-8?B?rA==?=", "€")]
    [InlineData("=?utf-8?Q?=E2=82?=\n =?utf-8?Q?=AC?=", "€")]
    public void A_character_split_across_words_is_one_character(string raw, string expected) => Assert.Equal(expected, Subject(raw));

    [Theory]
    [InlineData("=?utf-8?Q?Hello World?=", "Hello World")]
    [InlineData("=?utf-8?Q?cut=C3=A9", "cuté")]
    [InlineData("=?utf-8?B?R3LDvMOfZQ?=", "Grüße")]
    [InlineData("foo=?utf-8?Q?b=C3=A4r?=baz", "foobärbaz")]
    [InlineData("=?utf-8?Q??=", "")]
    [InlineData("=?utf-8?Q?Really?=3F_Yes?=", "Really?? Yes")]
    public void Broken_words_are_read_as_far_as_they_make_sense(string raw, string expected) => Assert.Equal(expected, Subject(raw));

    [Theory]
    [InlineData("=?not a word")]
    [InlineData("=?utf-8?X?abc?=")]
    [InlineData("1 =? 2 ?= 3")]
    [InlineData("=?")]
    public void What_is_no_encoded_word_stays_as_it_stands(string raw) => Assert.Equal(raw, Subject(raw));

    [Fact]
    public void A_line_end_inside_an_encoded_word_does_not_make_a_second_header_line() =>
        Assert.Equal("a Bcc: x", Subject("=?utf-8?Q?a=0D=0ABcc:_x?=").Replace("  ", " ", StringComparison.Ordinal));

    [Fact]
    public void Unlabelled_bytes_are_read_in_the_charset_of_the_text()
    {
        var message = MailText.Parse("Subject: \xCF\xF0\xE8\xE2\xE5\xF2\nContent-Type: text/plain; charset=windows-1251\n\n.");
        Assert.Equal("Привет", message.Subject);
    }

    [Fact]
    public void Unlabelled_utf8_is_utf8_whatever_the_text_says()
    {
        var message = MailText.Parse($"Subject: {MailText.Utf8("Grüße")}\nContent-Type: text/plain; charset=iso-8859-2\n\n.");
        Assert.Equal("Grüße", message.Subject);
    }

    private static string Subject(string raw) => MailText.Parse($"Subject: {raw}\n\n").Subject;
}
