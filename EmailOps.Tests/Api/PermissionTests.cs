using EmailOps.Core.Audit;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Tests.Hosts;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace EmailOps.Tests.Api;

public sealed class PermissionTests(ApiInstallation installation) : IClassFixture<ApiInstallation>
{
    private IEnumerable<RouteEndpoint> Endpoints => installation.Api.Services.GetServices<EndpointDataSource>().SelectMany(s => s.Endpoints).OfType<RouteEndpoint>()
        .DistinctBy(e => (e.RoutePattern.RawText, Method(e)));

    private static string Method(RouteEndpoint endpoint) => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods[0] ?? "GET";

    private static bool IsOpen(RouteEndpoint endpoint) => endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null;

    private async Task<string> KeyAsync(string scope, DateTimeOffset? expires = null, DateTimeOffset? revoked = null)
    {
        var secret = ApiKey.NewSecret();
        await using var db = await installation.Store.Get<IDbContextFactory<EmailOpsDb>>().CreateDbContextAsync();
        db.ApiKeys.Add(new ApiKey { Name = secret[..12], Hash = ApiKey.HashOf(secret), Scope = scope, CreatedAt = TimeProvider.System.GetUtcNow(), ExpiresAt = expires, RevokedAt = revoked });
        await db.SaveChangesAsync();
        return secret;
    }

    private static string Path(RouteEndpoint endpoint)
        => "/" + string.Join('/', endpoint.RoutePattern.PathSegments.Select(s => string.Concat(s.Parts.Select(p => p is Microsoft.AspNetCore.Routing.Patterns.RoutePatternLiteralPart literal ? literal.Content : "1"))));

    [Fact]
    public void Every_route_names_its_permission_and_only_seven_are_open()
    {
        Assert.All(Endpoints.Where(e => !IsOpen(e)), e => Assert.Contains(e.Metadata.GetOrderedMetadata<IAuthorizeData>(), a => a.Policy is not null));

        Assert.Equal(["/alive", "/health", "/hooks/m365", "/hooks/pagerduty/{id:long}", "/hooks/slack/{id:long}", "/metrics", "/openapi/{documentName}.json"], Endpoints.Where(IsOpen).Select(e => e.RoutePattern.RawText!).Order());
    }

    [Fact]
    public void Every_route_that_changes_something_needs_more_than_reading()
    {
        // What everybody may do about the own session changes nothing of anybody else's; hooks prove themselves by signature.
        string[] own = [ChannelRoutes.SlackHook, ChannelRoutes.PagerDutyHook, GraphRoutes.Hook, Routes.Classify, AccessRoutes.Session, AccessRoutes.Sessions, AccessRoutes.SessionPassword];
        var changing = Endpoints.Where(e => Method(e) is not "GET" && !own.Contains(e.RoutePattern.RawText)).ToArray();

        Assert.NotEmpty(changing);
        Assert.All(changing, e => Assert.Contains(e.Metadata.GetOrderedMetadata<IAuthorizeData>(), a => a.Policy is "operate" or "admin"));
    }

    [Fact]
    public async Task Every_closed_route_asks_for_a_key_and_then_for_its_scope()
    {
        using var nobody = installation.With(null);
        using var reader = installation.With(await KeyAsync("read"));
        foreach (var endpoint in Endpoints.Where(e => !IsOpen(e)))
        {
            using var unknown = await nobody.Http.SendAsync(new HttpRequestMessage(new HttpMethod(Method(endpoint)), Path(endpoint)));
            await ApiCaller.ProblemAsync(unknown, 401);
            Assert.StartsWith("Bearer", unknown.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);

            if (!endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>().Any(a => a.Policy == "operate")) continue;
            using var tooSmall = await reader.Http.SendAsync(new HttpRequestMessage(new HttpMethod(Method(endpoint)), Path(endpoint)));
            await ApiCaller.ProblemAsync(tooSmall, 403);
        }
    }

    [Theory]
    [InlineData("eo_never-made")]
    [InlineData("\u00e9")]
    [InlineData("' or 1=1 --")]
    public async Task An_unknown_key_is_refused(string key)
    {
        using var caller = new HttpClient { BaseAddress = installation.Api.Address() };
        caller.DefaultRequestHeaders.TryAddWithoutValidation("X-Api-Key", Uri.EscapeDataString(key));

        using var response = await caller.GetAsync(Routes.Messages);

        await ApiCaller.ProblemAsync(response, 401);
    }

    [Fact]
    public async Task An_expired_and_a_revoked_key_are_refused_and_a_valid_one_works_in_either_header()
    {
        var now = TimeProvider.System.GetUtcNow();
        foreach (var dead in new[] { await KeyAsync("admin", expires: now.AddMinutes(-1)), await KeyAsync("admin", revoked: now.AddMinutes(-1)) })
        {
            using var caller = installation.With(dead);
            using var refused = await caller.Http.GetAsync(Routes.Messages);
            await ApiCaller.ProblemAsync(refused, 401);
        }

        var valid = await KeyAsync("read", expires: now.AddHours(1));
        using var header = installation.With(valid);
        await header.GetAsync<MessagePage>(Routes.Messages);
        using var bearer = installation.With(null);
        bearer.Http.DefaultRequestHeaders.Authorization = new("Bearer", valid);
        await bearer.GetAsync<MessagePage>(Routes.Messages);
    }

    [Fact]
    public async Task A_path_that_is_no_route_is_not_found_whoever_asks()
    {
        foreach (var key in new[] { null, TestHosts.Key })
        {
            using var caller = installation.With(key);
            using var missing = await caller.Http.GetAsync("/no/such/path");
            await ApiCaller.ProblemAsync(missing, 404);
            using var method = await caller.Http.DeleteAsync(Routes.Messages);
            await ApiCaller.ProblemAsync(method, 405);
        }
    }
}
