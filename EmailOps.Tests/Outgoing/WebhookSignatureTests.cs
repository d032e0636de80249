using System.Text;
using EmailOps.Core.Outgoing;

namespace EmailOps.Tests.Outgoing;

public sealed class WebhookSignatureTests
{
    private static readonly DateTimeOffset s_at = DateTimeOffset.FromUnixTimeSeconds(1_614_265_330);
    private static readonly byte[] s_body = Encoding.UTF8.GetBytes("{\"test\": 2432232314}");
    private const string Id = "msg_p5jXN8AQM9LWM0D4loKWxJek", Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    [Fact]
    public void It_is_the_one_of_the_example_of_Standard_Webhooks()
    {
        var headers = WebhookSignature.Headers(Secret, Id, s_at, s_body).ToDictionary(h => h.Key, h => h.Value);

        Assert.Equal("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", headers["webhook-signature"]);
        Assert.Equal((Id, "1614265330"), (headers["webhook-id"], headers["webhook-timestamp"]));
    }

    [Fact]
    public void Only_the_same_body_id_secret_and_hour_are_valid()
    {
        var signature = WebhookSignature.Headers(Secret, Id, s_at, s_body)[2].Value;

        Assert.True(Valid());
        Assert.True(Valid(signatures: $"v1,bm90IGl0 v2,x {signature}"));
        Assert.True(Valid(now: s_at.AddMinutes(4)));
        Assert.False(Valid(now: s_at.AddMinutes(6)));
        Assert.False(Valid(now: s_at.AddMinutes(-6)));
        Assert.False(Valid(body: [.. s_body, (byte)' ']));
        Assert.False(Valid(id: "other"));
        Assert.False(Valid(secret: WebhookSignature.NewSecret()));
        Assert.False(Valid(timestamp: "-1614265330"));
        Assert.False(Valid(timestamp: "99999999999999999999"));
        Assert.False(Valid(signatures: ""));
        Assert.False(Valid(signatures: signature[..^1]));
        Assert.False(Valid(signatures: string.Join(' ', Enumerable.Repeat("v1,x", 1000)) + " " + signature));

        bool Valid(string secret = Secret, string id = Id, string timestamp = "1614265330", string? signatures = null, byte[]? body = null, DateTimeOffset? now = null)
            => WebhookSignature.IsValid(secret, id, timestamp, signatures ?? signature, body ?? s_body, now ?? s_at, TimeSpan.FromMinutes(5));
    }
}
