using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Tests.Hosts;
using EmailOps.Tests.Store;

namespace EmailOps.Tests.Api;

public sealed class MessageListTests(ApiInstallation installation) : IClassFixture<ApiInstallation>, IAsyncLifetime
{
    private const int Messages = 57;

    public async Task InitializeAsync()
    {
        if (await installation.Store.AskAsync<long>("select count(*) from message") > 0) return;
        // Nineteen moments, three messages each; every third decided, with one of three decisions.
        await installation.Store.StoreAsync([.. Enumerable.Range(0, Messages).Select(i => MailText.Of(id: $"{i}@x.example", subject: i == 7 ? "100% off_\\now" : $"Subject {i}", body: $"Mail {i}",
            received: $"from a by b; Mon, 2 Nov 2020 10:00:{i % 19:00} +0000"))]);
        await installation.Store.ExecuteAsync("""
            insert into triage_result (message_id, mailbox_id, received_at, category, category_confidence, priority, language, summary, confidence, hostility, is_automated, degraded, findings, model_version, judged_at)
            select id, mailbox_id, received_at, case when id % 2 = 0 then 'shipping' else 'account' end, 0.5, 1 + id % 10, 'en', '', 50, 0, false, false, '{"alternatives":[],"signals":[],"entities":[],"citations":[],"runs":[]}', 'test', now() from message;
            insert into decision (message_id, mailbox_id, received_at, kind, reasons, policy_version, decided_at)
            select id, mailbox_id, received_at, (array['Suggest', 'Escalate', 'File'])[1 + id / 3 % 3], '[]', 'test', now() from message where id % 3 = 0;
            delete from work_item w using decision d where d.message_id = w.subject_id;
            insert into draft (message_id, body, language, citations, state, version, created_at)
            select message_id, 'Hello', 'en', '[]', 'Proposed', 1, now() from decision where kind = 'Suggest';
            """);
        await new WordIndexer(installation.Store.Source).RunAsync(WordIndexer.MostRanges, CancellationToken.None);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    private async Task<List<MessageListItem>> AllAsync(string query, int take = 4)
    {
        var all = new List<MessageListItem>();
        string? cursor = null;
        do
        {
            var page = await installation.Caller.GetAsync<MessagePage>($"{Routes.Messages}?take={take}&{query}&cursor={cursor}");
            Assert.InRange(page.Items.Count, cursor is null ? 0 : 1, take);
            all.AddRange(page.Items);
            cursor = page.NextCursor;
        }
        while (cursor is not null);
        return all;
    }

    [Theory]
    [InlineData("", Messages)]
    [InlineData("category=shipping", 0)]
    [InlineData("decision=Suggest", 0)]
    [InlineData("untriaged=true", 0)]
    [InlineData("priority=1", Messages)]
    [InlineData("priority=4", 0)]
    [InlineData("q=subj", 0)]
    [InlineData("language=en", Messages)]
    [InlineData("decision=Suggest&priority=3", 0)]
    [InlineData("draft=Proposed", 0)]
    public async Task Page_by_page_every_message_comes_once_even_where_many_arrived_at_the_same_moment(string query, int expected)
    {
        var all = await AllAsync(query);

        Assert.NotEmpty(all);
        if (expected > 0) Assert.Equal(expected, all.Count);
        Assert.Equal(all.Count, all.Select(m => m.Id).Distinct().Count());
        Assert.Equal(all.OrderByDescending(m => m.ReceivedAt).ThenByDescending(m => m.Id).Select(m => m.Id), all.Select(m => m.Id));
    }

    [Theory]
    [InlineData("")]
    [InlineData("category=shipping&")]
    [InlineData("priority=6&")]
    [InlineData("draft=Proposed&")]
    [InlineData("q=subject&")]
    [InlineData("language=en&q=mail%201&")]
    public async Task The_count_on_a_tab_is_the_number_of_rows_behind_it(string filters)
    {
        var counts = (await installation.Caller.GetAsync<MessagePage>($"{Routes.Messages}?{filters}")).Counts;

        foreach (var kind in Enum.GetValues<DecisionKind>())
            Assert.Equal((await AllAsync($"{filters}decision={kind}", take: 50)).Count, counts.GetValueOrDefault(kind));
    }

    [Fact]
    public async Task What_waits_for_a_decision_is_what_the_untriaged_figure_counts_dead_letters_too()
    {
        await installation.Store.ExecuteAsync("update work_item set died_at = now() where id = (select max(id) from work_item)");

        var page = await installation.Caller.GetAsync<MessagePage>(Routes.Messages);

        Assert.Equal((await AllAsync("untriaged=true", take: 50)).Count, page.Untriaged);
        Assert.Equal(Messages, page.Untriaged + page.Counts.Values.Sum());
    }

    [Theory]
    [InlineData("q=100%25%20off_%5Cnow", 1)]
    [InlineData("q=100%25%25", 1)] // words count, not what stands between them
    [InlineData("q=%25_%5C", 0)]
    [InlineData("q=%00", 0)]
    [InlineData("q=%ED%A0%80", 0)]
    [InlineData("q=%27%3B%20drop%20table%20message%3B%20--", 0)]
    [InlineData("category=%00", 0)]
    [InlineData("language=%00", 0)]
    [InlineData("mailbox=-1", 0)]
    [InlineData("mailbox=9223372036854775807", 0)]
    [InlineData("decision=99", 0)]
    [InlineData("priority=-2147483648", Messages)]
    [InlineData("priority=2147483647", -1)]
    public async Task Hostile_values_are_only_values(string query, int expected)
    {
        var items = (await installation.Caller.GetAsync<MessagePage>($"{Routes.Messages}?take=200&{query}")).Items;

        if (expected >= 0) Assert.Equal(expected, items.Count);
    }

    [Theory]
    [InlineData("cursor=x")]
    [InlineData("cursor=OTk5OTk5OTk5OTk5OTk5OTk5OTk5LjE")]
    [InlineData("cursor=MC4wLjA")]
    [InlineData("decision=Perhaps")]
    [InlineData("priority=high")]
    [InlineData("mailbox=99999999999999999999")]
    [InlineData("take=1e3")]
    [InlineData("draft=%00")]
    public async Task What_cannot_be_a_filter_is_a_problem_of_the_request(string query)
    {
        using var response = await installation.Caller.Http.GetAsync($"{Routes.Messages}?{query}");

        await ApiCaller.ProblemAsync(response, 400);
    }

    [Theory]
    [InlineData("take=0", 1)]
    [InlineData("take=-5", 1)]
    [InlineData("take=1000000", Messages)]
    public async Task The_page_size_is_held_between_its_limits(string query, int expected)
        => Assert.Equal(expected, (await installation.Caller.GetAsync<MessagePage>($"{Routes.Messages}?{query}")).Items.Count);

    [Theory]
    [InlineData("/messages/999999")]
    [InlineData("/messages/999999/raw")]
    [InlineData("/messages/999999/html")]
    [InlineData("/messages/999999/attachments/0")]
    [InlineData("/intake/999999/raw")]
    [InlineData("/knowledge/articles/999999")]
    public async Task What_is_not_there_is_not_found(string path)
    {
        using var response = await installation.Caller.Http.GetAsync(path);

        await ApiCaller.ProblemAsync(response, 404);
    }

    [Theory]
    [InlineData("/messages/999999999999999999999")]
    [InlineData("/messages/abc")]
    [InlineData("/messages/1/attachments/99999999999")]
    public async Task What_cannot_be_an_id_is_no_path(string path)
    {
        using var response = await installation.Caller.Http.GetAsync(path);

        await ApiCaller.ProblemAsync(response, 404);
    }

    [Theory]
    [InlineData("/knowledge/articles?q=%00%25_%5C")]
    [InlineData("/outbound?take=-1&state=Sent")]
    [InlineData("/intake?take=0&import=-1")]
    [InlineData("/intake?cursor=-5")]
    public async Task Other_lists_take_hostile_values_too(string path)
    {
        using var response = await installation.Caller.Http.GetAsync(path);

        Assert.Equal(System.Net.HttpStatusCode.OK, response.StatusCode);
    }
}
