using System.Globalization;
using EmailOps.Tests.Mail.Mime;

namespace EmailOps.Tests.Mail.Headers;

public class MailDateTests
{
    [Theory]
    [InlineData("Tue, 01 Jul 2003 10:52:37 +0200", "2003-07-01T10:52:37+02:00")]
    [InlineData("1 Jul 2003 10:52 -0430", "2003-07-01T10:52:00-04:30")]
    [InlineData("Tue, 01 Jul 2003 10:52:37 +0200 (CEST)", "2003-07-01T10:52:37+02:00")]
    [InlineData("Tue, 01 Jul 03 10:52:37 EDT", "2003-07-01T10:52:37-04:00")]
    [InlineData("1 Jul 97 10:52:37 GMT", "1997-07-01T10:52:37+00:00")]
    [InlineData("Tue Jul  1 10:52:37 2003", "2003-07-01T10:52:37+00:00")]
    [InlineData("Tue Jul  1 10:52:37 PDT 2003", "2003-07-01T10:52:37-07:00")]
    [InlineData("2003-07-01T10:52:37Z", "2003-07-01T10:52:37+00:00")]
    [InlineData("2003-07-01 10:52:37.123 +02:00", "2003-07-01T10:52:37+02:00")]
    [InlineData("Tuesday, July 1, 2003 10:52 PM", "2003-07-01T22:52:00+00:00")]
    [InlineData("01-Jul-2003 10:52:37 UT", "2003-07-01T10:52:37+00:00")]
    [InlineData("Tue,01 Jul 2003 10:52:37 GMT+0200", "2003-07-01T10:52:37+02:00")]
    [InlineData("Tue, 01 Jul 2003 23:59:60 +0000", "2003-07-01T23:59:59+00:00")]
    [InlineData("Tue, 01 Jul 2003 10:52:37 -1900", "2003-07-02T05:52:37+00:00")]
    [InlineData("Tue, 001 Jul 2003 10:52:37 +0000", "2003-07-01T10:52:37+00:00")]
    [InlineData("Tue, 01 Jul 2003 10(comment):   52  :  37 +0200", "2003-07-01T10:52:37+02:00")]
    [InlineData("Di, 01 Okt 2003 10:52:37 +0200", "2003-10-01T10:52:37+02:00")]
    [InlineData("mar, 21 ene 2003 10:52:37 +0100", "2003-01-21T10:52:37+01:00")]
    [InlineData("Mon, 01 Dez 2003 10:52:37 +0100", "2003-12-01T10:52:37+01:00")]
    [InlineData("Tue, 01 Jul 2003 10:52:37 MET DST", "2003-07-01T10:52:37+02:00")]
    [InlineData("=?utf-8?Q?Tue=2C_01_Jul_2003_10=3A52=3A37_+0200?=", "2003-07-01T10:52:37+02:00")]
    [InlineData("7/13/2003 10:52:37 AM", "2003-07-13T10:52:37+00:00")]
    public void Dates_of_every_age_are_read(string raw, string expected) =>
        Assert.Equal(DateTimeOffset.Parse(expected, CultureInfo.InvariantCulture), MailText.Parse($"Date: {raw}\n\n").Date);

    [Theory]
    [InlineData("")]
    [InlineData("yesterday")]
    [InlineData("Tue, 32 Jul 2003 10:52:37 +0200")]
    [InlineData("30 Feb 2003 10:00 +0000")]
    [InlineData("Tue, 01 Jul 2003 99:52:37 +0200")]
    [InlineData("99999999999999999999")]
    public void What_names_no_instant_is_null(string raw) => Assert.Null(MailText.Parse($"Date: {raw}\n\n").Date);
}
