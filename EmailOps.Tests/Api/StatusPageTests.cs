using System.Net;
using EmailOps.Core.Contracts;
using EmailOps.Tests.Hosts;

namespace EmailOps.Tests.Api;

public sealed class StatusPageTests(ApiInstallation installation) : IClassFixture<ApiInstallation>
{
    [Theory]
    [InlineData(AnalyticsRoutes.StatusPage)]
    [InlineData(AnalyticsRoutes.StatusPageTriage)]
    public async Task It_is_closed_until_the_installation_opens_it_and_tells_nothing_about_mail(string path)
    {
        using (var stranger = installation.With(null))
        using (var refused = await stranger.Http.GetAsync(path)) Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);

        await using var open = await TestHosts.ApiAsync(installation.Store.ConnectionString, "--STATUS_PAGE=public");
        using var anybody = new ApiCaller(open.Address(), null);
        var text = await anybody.Http.GetStringAsync(path);
        var status = await anybody.GetAsync<PublicStatus>(path);
        await open.StopAsync();

        // Nobody works here, and that is what everybody may know.
        Assert.Equal(PublicStatus.Outage, status.Status);
        Assert.Equal(["Web and API", "Mail processing"], status.Components.Select(c => c.Name));
        Assert.DoesNotContain("@", text, StringComparison.Ordinal);
        Assert.DoesNotContain(installation.Store.ConnectionString.Split(';')[0], text, StringComparison.Ordinal);
    }
}
