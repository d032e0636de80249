using System.Net;

namespace EmailOps.Tests.Web;

/// <summary>What a browser does with a form when there is no script.</summary>
internal static class Forms
{
    private const string Field = "name=\"__RequestVerificationToken\" value=\"";

    /// <summary>Opens a page, takes its form token and posts the fields with it.</summary>
    public static async Task<HttpResponseMessage> SubmitAsync(this HttpClient client, string page, string action, params (string Name, string Value)[] fields)
    {
        var token = Token(await client.GetStringAsync(page));
        return await client.PostAsync(action, new FormUrlEncodedContent(fields.Append(("__RequestVerificationToken", token)).Select(field => KeyValuePair.Create(field.Item1, field.Item2))));
    }

    public static string Token(string html)
    {
        var start = html.IndexOf(Field, StringComparison.Ordinal);
        Assert.True(start >= 0, "The page has no form with a token.");
        start += Field.Length;
        return WebUtility.HtmlDecode(html[start..html.IndexOf('"', start)]);
    }

    /// <summary>Follows the redirect of a form and reads the page it leads to.</summary>
    public static async Task<string> FollowAsync(this HttpClient client, HttpResponseMessage answer)
    {
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        return await client.GetStringAsync(answer.Headers.Location);
    }
}
