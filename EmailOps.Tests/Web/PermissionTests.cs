using System.Net;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace EmailOps.Tests.Web;

public sealed class PermissionTests
{
    /// <summary>What strangers may see: the way in, files of ours, what a signed link from a chat is about, and what machines ask to know whether the process lives.</summary>
    private static readonly string[] Open = ["/sign-in", "/invitation", "/e", "/e/1", "/theme", "/sign-in-links/by-key", "/favicon.ico", "/health", "/alive", "/metrics"];

    [Fact]
    public async Task Every_route_but_the_way_in_needs_somebody_who_signed_in()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        var tried = 0;
        foreach (var (method, path) in Routes(console))
        {
            if (Open.Contains(path) || path.StartsWith("/assets/", StringComparison.Ordinal))
                continue;
            using var request = new HttpRequestMessage(method, path);
            var answer = await console.Stranger().SendAsync(request);
            var refused = answer.StatusCode == HttpStatusCode.Unauthorized
                || (answer.StatusCode == HttpStatusCode.Redirect && answer.Headers.Location!.ToString().Contains("/sign-in", StringComparison.Ordinal));
            Assert.True(refused, $"{method} {path} answered a stranger with {(int)answer.StatusCode}. Give it RequireAuthorization, or add it to the list of open routes with a reason.");
            tried++;
        }
        Assert.True(tried > 25, $"Only {tried} routes were found.");
        Assert.Empty(console.Api.Asked);
    }

    [Fact]
    public async Task Every_form_is_refused_without_a_token_of_ours()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        var person = await console.SignedInAsync();
        console.Api.Asked.Clear();
        var tried = 0;
        foreach (var (method, path) in Routes(console).Where(route => route.Method == HttpMethod.Post && route.Path != "/sign-in-links/by-key"))
        {
            var answer = await person.PostAsync(path, new FormUrlEncodedContent([KeyValuePair.Create("draft", "10"), KeyValuePair.Create("version", "1"), KeyValuePair.Create("body", "x")]));
            Assert.True(answer.StatusCode == HttpStatusCode.BadRequest, $"{method} {path} took a form from nowhere: {(int)answer.StatusCode}. Give its group RequireFormToken.");
            tried++;
        }
        Assert.True(tried > 10, $"Only {tried} forms were found.");
        Assert.DoesNotContain(console.Api.Asked, asked => asked.Method != "GET");
    }

    [Fact]
    public async Task Script_in_the_background_gets_a_status_instead_of_a_page()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        using var partial = new HttpRequestMessage(HttpMethod.Get, "/");
        partial.Headers.Add("X-Partial", "1");
        Assert.Equal(HttpStatusCode.Unauthorized, (await console.Stranger().SendAsync(partial)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await console.Stranger().GetAsync("/live")).StatusCode);
    }

    /// <summary>Every route of the console with its variables filled in.</summary>
    private static List<(HttpMethod Method, string Path)> Routes(ConsoleUnderTest console)
    {
        var routes = new List<(HttpMethod, string)>();
        foreach (var endpoint in console.Web.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>())
        {
            var path = string.Join('/', (endpoint.RoutePattern.RawText ?? "").Trim('/').Split('/').Select(part => part.StartsWith('{') ? part.Contains("path", StringComparison.Ordinal) ? "a/b" : "1" : part));
            var methods = endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"];
            foreach (var method in methods)
                routes.Add((HttpMethod.Parse(method), "/" + path));
        }
        return routes;
    }
}
