using System.Text.Json;
using EmailOps.Core.Contracts;
using EmailOps.Core.Mailboxes.OAuth;

namespace EmailOps.Core.Mailboxes.Graph;

/// <summary>Sign-in at the Microsoft identity platform: users with a browser or a code; without a consent, the app in its own name.</summary>
internal sealed class GraphOAuth(GraphHttp http, Microsoft365Options options, TimeProvider clock) : IOAuthSource
{
    /// <summary>Any organisation's directory; users choose by signing in.</summary>
    private const string AnyDirectory = "organizations";

    public MailboxProvider Provider => MailboxProvider.Graph;

    public OAuthKeys? Configured => string.IsNullOrWhiteSpace(options.ClientId) ? null : new OAuthKeys(options.ClientId, string.IsNullOrWhiteSpace(options.ClientSecret) ? null : options.ClientSecret);

    public string HowToRegister => "Make an app registration in Microsoft Entra and set M365_CLIENT_ID, EMAILBOT_M365_CLIENT_SECRET and M365_TENANT_ID; docs/providers/microsoft365.md tells it step by step.";

    public OAuthClient Client(OAuthKeys keys) => Client(keys, null);

    /// <param name="address">Where no directory is configured, the mailbox's domain names it for the app; null: only users can sign in then.</param>
    public OAuthClient Client(OAuthKeys keys, string? address)
    {
        var given = string.IsNullOrWhiteSpace(options.TenantId) ? null : options.TenantId.Trim();
        var app = keys.ClientSecret is null ? null : given ?? (address is null ? null : MailboxAddress.Domain(MailboxAddress.Normal(address)));
        var tenant = new Uri(options.Login, $"{Uri.EscapeDataString(app ?? given ?? AnyDirectory)}/oauth2/v2.0/");
        return new OAuthClient(Provider, new Uri(tenant, "authorize"), new Uri(tenant, "token"), new Uri(tenant, "devicecode"), keys, Scopes, [], app is null ? null : options.DefaultScope);
    }

    /// <summary>What users are asked for; docs/providers/microsoft365.md says what each is for.</summary>
    private string Scopes
    {
        get
        {
            string[] names = ["User.Read", GraphPermission.MailReadWrite.Name, GraphPermission.MailSend.Name, .. options.Teams ? (string[])[GraphPermission.UserRead.Name, GraphPermission.ChatCreate.Name, GraphPermission.ChatMembers.Name, GraphPermission.ChatSend.Name, GraphPermission.ChatRead.Name] : []];
            return string.Join(' ', ["offline_access", .. names.Select(n => $"{options.GraphUrl.TrimEnd('/')}/{n}")]);
        }
    }

    public async Task<string?> AccountAsync(string accessToken, CancellationToken cancel)
    {
        try
        {
            var me = await new GraphClient(http.Access("who", (_, _) => Task.FromResult(accessToken)), options, clock).SendAsync(GraphRequest.Get("me?$select=mail,userPrincipalName"), cancel);
            return Text(me, "mail") ?? Text(me, "userPrincipalName");
        }
        catch (GraphException failure)
        {
            throw failure.Remote();
        }
    }

    private static string? Text(JsonElement of, string name) => of.ValueKind == JsonValueKind.Object && of.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;
}
