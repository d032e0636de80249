using EmailOps.Core.Contracts;
using EmailOps.Tests.Hosts;
using EmailOps.Worker.Functions;
using Microsoft.Extensions.DependencyInjection;

namespace EmailOps.Tests.Worker.Functions;

/// <summary>What the kernel functions of the aspire topology do: the same as triage and knowledge search, without a trace in the store.</summary>
[Collection(SampleInstallation.Name)]
public sealed class FunctionTests(SampleInstallation installation)
{
    private const string Subject = "Where is my parcel?";
    private const string Body = "Hello, I ordered a tent two weeks ago, order NO-48213, and it has not arrived. Where is my parcel, and when will it be here?";

    private TriageFunctions Triage => installation.Worker.Services.GetRequiredService<TriageFunctions>();

    [Fact]
    public async Task They_say_what_the_api_says_and_store_nothing()
    {
        var messages = await installation.Store.AskAsync<long>("select count(*) from message");
        var api = await installation.Caller.SendAsync<ClassifyResponse>(HttpMethod.Post, Routes.Classify, new ClassifyRequest(new ClassifyEmail(Subject, Body)));

        var classified = await Triage.ClassifyAsync(Subject, Body, CancellationToken.None);
        var prioritised = await Triage.PrioritiseAsync(Subject, Body, CancellationToken.None);
        var summary = await Triage.SummariseAsync(Subject, Body, CancellationToken.None);
        var drafted = await Triage.DraftAsync(Subject, Body, CancellationToken.None);

        Assert.Equal((api.Triage.Category, api.Decision.Kind.ToString()), (classified.Category, classified.Handling));
        Assert.Equal((api.Triage.Priority, api.Triage.Summary, api.Draft), (prioritised.Priority, summary, drafted.Draft));
        Assert.Equal(drafted.Draft is null, drafted.Sources.Count == 0);
        Assert.Equal(messages, await installation.Store.AskAsync<long>("select count(*) from message"));
    }

    [Fact]
    public async Task Words_without_an_end_are_cut()
        => Assert.InRange((await Triage.PrioritiseAsync(new string('s', 50_000), new string('x', 500_000), CancellationToken.None)).Priority, 1, 10);

    [Fact]
    public async Task Knowledge_answers_a_question_and_knows_when_it_does_not()
    {
        var knowledge = installation.Worker.Services.GetRequiredService<KnowledgeFunctions>();

        var known = await knowledge.SearchAsync("how long does a refund take", 2, CancellationToken.None);
        var unknown = await knowledge.SearchAsync("quantum chromodynamics of gluons", null, CancellationToken.None);

        Assert.InRange(known.Count, 1, 2);
        Assert.Empty(unknown);
        Assert.Empty(await knowledge.SearchAsync(" ", null, CancellationToken.None));
    }
}
