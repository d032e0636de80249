using EmailOps.Benchmarks.Scale;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Core.Work;

namespace EmailOps.Tests.Scale;

/// <summary>No page and no claim may cost more the more messages there are: none reads a large table from one end to the other.</summary>
public sealed class IndexUseTests(LargeInstallation installation) : IClassFixture<LargeInstallation>
{
    [Fact]
    public async Task No_request_of_a_page_reads_a_large_table_whole()
    {
        var offenders = new List<string>();
        foreach (var (what, path) in await RowsRequests.OfAsync(installation.Store.Source, CancellationToken.None))
        {
            var whole = await installation.ReadWholeAsync(async () =>
            {
                using var response = await installation.Caller.Http.GetAsync(path);
                if (path != Routes.HealthDetailed) Assert.True(response.IsSuccessStatusCode, $"{path}: {(int)response.StatusCode}");
                await response.Content.ReadAsByteArrayAsync();
            });
            if (whole.Length > 0) offenders.Add($"{what}: {string.Join(", ", whole)}");
        }

        Assert.True(offenders.Count == 0, string.Join('\n', offenders));
    }

    [Fact]
    public async Task No_claim_reads_a_large_table_whole()
        => Assert.Empty(await installation.ReadWholeAsync(async () => Assert.NotEmpty(await new WorkQueue(installation.Unpooled, new WorkOptions()).ClaimAsync(Stage.Policy, CancellationToken.None))));

    [Fact]
    public async Task The_check_itself_notices_a_table_that_is_read_whole()
        => Assert.Equal(["message"], await installation.ReadWholeAsync(async () =>
        {
            await using var command = installation.Unpooled.CreateCommand("select count(*) from message where text like '%no such words%'");
            await command.ExecuteScalarAsync();
        }));

    [Theory]
    [InlineData("category=complaint")]
    [InlineData("priority=9&language=de")]
    [InlineData("mailbox=1000003&decision=Suggest")]
    [InlineData("q=w9&category=press")]
    public async Task Page_by_page_a_filter_gives_what_a_plain_question_gives(string query)
    {
        var found = new List<long>();
        for (string? cursor = ""; cursor is not null;)
        {
            var page = await installation.Caller.GetAsync<MessagePage>($"{Routes.Messages}?take=200&{query}&cursor={cursor}");
            found.AddRange(page.Items.Select(i => i.Id));
            cursor = page.NextCursor;
        }

        var plain = query switch
        {
            "category=complaint" => "t.category = 'complaint'",
            "priority=9&language=de" => "t.priority >= 9 and t.language = 'de'",
            "mailbox=1000003&decision=Suggest" => "m.mailbox_id = 1000003 and d.kind = 'Suggest'",
            _ => "t.category = 'press' and (m.subject || ' ' || m.from_name || ' ' || m.from_address || ' ' || m.text) ~ '\\yw9'",
        };
        // Three letters and more are a beginning, "w9" is the word.
        if (query.StartsWith("q=", StringComparison.Ordinal)) plain += " and (m.subject || ' ' || m.text) ~ '\\yw9\\y'";
        Assert.Equal(await installation.Store.ColumnAsync<long>($"select m.id from message m left join triage_result t on t.message_id = m.id left join decision d on d.message_id = m.id where {plain} order by m.received_at desc, m.id desc"), found);
        Assert.NotEmpty(found);
    }

    [Fact]
    public async Task A_corrected_message_moves_between_filters_at_once()
    {
        var id = (await installation.Caller.GetAsync<MessagePage>($"{Routes.Messages}?category=warranty&decision=HoldForReview&take=1")).Items.Single().Id;

        await installation.Store.Get<CorrectionStore>().CorrectAsync(id, "feedback", "anna", CancellationToken.None);
        await installation.Store.Get<CorrectionStore>().PrioritizeAsync(id, 10, "anna", CancellationToken.None);

        Assert.DoesNotContain(id, await IdsAsync("category=warranty&decision=HoldForReview"));
        Assert.Contains(id, await IdsAsync("category=feedback&decision=HoldForReview&priority=10"));
    }

    private async Task<IEnumerable<long>> IdsAsync(string query) => (await installation.Caller.GetAsync<MessagePage>($"{Routes.Messages}?take=200&{query}")).Items.Select(i => i.Id);
}
