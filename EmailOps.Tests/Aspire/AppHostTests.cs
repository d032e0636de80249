using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using EmailOps.Core.Contracts;
using EmailOps.Tests.Hosts;
using EmailOps.Tests.Store;

namespace EmailOps.Tests.Aspire;

/// <summary>The deployment as Aspire starts it, with its containers. Compiled and run in the aspire topology only; needs a container runtime.</summary>
public sealed class AppHostTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);

    [Fact]
    public async Task Everything_starts_and_the_sample_mail_is_judged()
    {
        using var limit = new CancellationTokenSource(Patience);
        // Small models: they are not waited for.
        var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.EmailOps_AppHost>(["--Parameters:chat-model=smollm2:135m", "--Parameters:embedding-model=all-minilm"], limit.Token);
        var key = await builder.Resources.OfType<ParameterResource>().Single(p => p.Name == "emailops-api-key").GetValueAsync(limit.Token);
        await using var app = await builder.BuildAsync(limit.Token);
        await app.StartAsync(limit.Token);
        foreach (var service in (string[])["api", "worker", "web"]) await app.ResourceNotifications.WaitForResourceHealthyAsync(service, limit.Token);

        using var caller = new ApiCaller(app.GetEndpoint("api", "http"), key);
        var loaded = await caller.SendAsync<ImportView>(HttpMethod.Post, OperationRoutes.Samples, null);
        await Wait.UntilAsync(async () => (await caller.GetAsync<ProcessStatus>(Routes.ProcessStatus)).EmailsProcessedToday >= loaded.Stored / 2, "the workers have judged half of the sample mail; what a language model is asked about may take longer", seconds: 300);
        using var web = app.CreateHttpClient("web", "http");
        using var signIn = await web.GetAsync("/sign-in", limit.Token);

        Assert.True(loaded.Stored > 0);
        Assert.True(signIn.IsSuccessStatusCode, $"/sign-in answered {(int)signIn.StatusCode}");
    }
}
