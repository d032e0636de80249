using EmailOps.ServiceDefaults.Settings;

namespace EmailOps.Tests.ServiceDefaults;

public sealed class EnvFileTests
{
    [Theory]
    [InlineData("A=b", "b")]
    [InlineData("export A=b", "b")]
    [InlineData("  A = b c \r\n", "b c")]
    [InlineData("A=b # why", "b")]
    [InlineData("A=b#c", "b#c")]
    [InlineData("A=", "")]
    [InlineData("A=  # nothing", "")]
    [InlineData("A='b # $c \\n'", @"b # $c \n")]
    [InlineData("A=\"b\\n\\\"c\\\"\\$d\"", "b\n\"c\"$d")]
    [InlineData("A=\"one\ntwo\" # rest\nB=1", "one\ntwo")]
    [InlineData("A=first\nA=last", "last")]
    [InlineData("\uFEFFA=b", "b")]
    [InlineData("A=postgres://u:p@h/d?x=1", "postgres://u:p@h/d?x=1")]
    public void A_line_gives_its_value(string text, string expected) => Assert.Equal(expected, EnvFile.Parse(text, ".env")["A"]);

    [Theory]
    [InlineData("# comment\n\nno equals here s3cret", ".env, line 3")]
    [InlineData("2A=b", ".env, line 1")]
    [InlineData("A B=c", ".env, line 1")]
    [InlineData("X=1\nA=\"never closed\nB=2", ".env, line 2")]
    public void A_line_that_is_no_setting_is_named_by_its_number_and_not_shown(string text, string where)
    {
        var failure = Assert.Throws<InvalidSettingException>(() => EnvFile.Parse(text, ".env"));

        Assert.Equal(where, failure.Name);
        Assert.DoesNotContain("s3cret", failure.Message, StringComparison.Ordinal);
    }
}
