using System.Net;
using EmailOps.Core.Outgoing;
using Microsoft.Extensions.Logging.Abstractions;

namespace EmailOps.Tests.Outgoing;

public sealed class OutgoingAddressTests
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.8.9.10")]
    [InlineData("0.0.0.0")]
    [InlineData("10.0.0.1")]
    [InlineData("172.16.0.1")]
    [InlineData("172.31.255.255")]
    [InlineData("192.168.1.1")]
    [InlineData("169.254.169.254")]
    [InlineData("100.100.100.200")]
    [InlineData("168.63.129.16")]
    [InlineData("224.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::1")]
    [InlineData("::")]
    [InlineData("::10.0.0.1")]
    [InlineData("::ffff:10.0.0.1")]
    [InlineData("::ffff:169.254.169.254")]
    [InlineData("64:ff9b::169.254.169.254")]
    [InlineData("64:ff9b:1::10.0.0.1")]
    [InlineData("2002:a00:1::")]
    [InlineData("2001:0:53aa::1")]
    [InlineData("fd00:ec2::254")]
    [InlineData("fe80::1")]
    [InlineData("fec0::1")]
    [InlineData("ff02::1")]
    public void What_lies_inside_is_not_public(string address) => Assert.False(PublicAddress.Is(IPAddress.Parse(address)));

    [Theory]
    [InlineData("8.8.8.8")]
    [InlineData("172.15.255.255")]
    [InlineData("172.32.0.1")]
    [InlineData("100.63.0.1")]
    [InlineData("52.112.0.1")]
    [InlineData("2606:4700::1111")]
    [InlineData("::ffff:8.8.8.8")]
    [InlineData("64:ff9b::8.8.8.8")]
    [InlineData("2002:808:808::")]
    public void What_lies_outside_is(string address) => Assert.True(PublicAddress.Is(IPAddress.Parse(address)));

    [Theory]
    [InlineData("https://hooks.example.com/a", null)]
    [InlineData("http://hooks.example.com/a", "without encryption")]
    [InlineData("http://hooks.house.example/a", null)]
    [InlineData("http://10.1.2.3:8080/a", null)]
    [InlineData("https://10.2.2.3/a", "inside the house")]
    [InlineData("https://[::1]/", "inside the house")]
    [InlineData("https://[::ffff:127.0.0.1]/", "inside the house")]
    [InlineData("https://2130706433/", "inside the house")]
    [InlineData("https://0x7f.1/", "inside the house")]
    [InlineData("https://name:word@hooks.example.com/", "name or password")]
    [InlineData("ftp://hooks.example.com/", "https://")]
    [InlineData("file:///etc/passwd", "https://")]
    [InlineData("/relative", "https://")]
    [InlineData("", "https://")]
    [InlineData(null, "https://")]
    public void An_address_is_judged_as_it_is_entered(string? address, string? problem)
    {
        using var http = new OutgoingHttp(new OutgoingOptions { Allow = "hooks.house.example, 10.1.0.0/16" }, TimeProvider.System, NullLogger<OutgoingHttp>.Instance);

        if (problem is null) Assert.Null(http.Problem(address));
        else Assert.Contains(problem, http.Problem(address), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", null)]
    [InlineData("hooks.house.example, 10.1.0.0/16;fd00::/8 127.0.0.1", null)]
    [InlineData("https://hooks.house.example", "https://hooks.house.example")]
    [InlineData("10.1.0.0/40", "10.1.0.0/40")]
    [InlineData("a_b!", "a_b!")]
    public void A_list_that_cannot_be_meant_is_told(string list, string? wrong)
    {
        var problem = new OutgoingOptions { Allow = list }.Problem();

        if (wrong is null) Assert.Null(problem);
        else Assert.Contains($"OUTGOING_ALLOW) has the entry \"{wrong}\"", problem, StringComparison.Ordinal);
    }
}
