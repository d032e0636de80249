using System.Text;
using EmailOps.Core.Analytics;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data.Assessments;
using EmailOps.Core.Triage.Taxonomies;
using EmailOps.Tests.Postgres;
using EmailOps.Tests.Triage;

namespace EmailOps.Tests.Lessons;

public sealed class AssessmentTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private readonly Guid _owner = Guid.NewGuid();
    private LearningUnderTest _at = null!;

    public async Task InitializeAsync() => _at = await LearningUnderTest.CreateAsync(postgres);

    public async Task DisposeAsync() => await _at.DisposeAsync();

    private AssessmentStore Store => _at.Get<AssessmentStore>();

    private async Task<AssessmentView> RunAsync(AssessmentKind kind, AssessmentAsked asked, string? input = null)
    {
        var id = await Store.AddAsync(kind, _at.Mailbox, asked, input is null ? null : Encoding.UTF8.GetBytes(input), "Olga", null, CancellationToken.None);
        var taken = await Store.TakeAsync(_owner, CancellationToken.None);
        Assert.Equal(id, taken!.Id);
        return await _at.Get<Assessor>().RunAsync(taken, _owner, null, CancellationToken.None);
    }

    [Fact]
    public void Rows_that_cannot_be_used_are_named_and_cost_only_themselves()
    {
        const string Csv = """
            text,category,priority
            where is my parcel,shipping,5
            "no such category",nonsense,
            ,shipping,1
            priority is wrong,shipping,eleven
            "text after"quote,shipping,1
            "two
            lines",account,3
            short
            "never closed,shipping,2
            last,account,
            """;
        var (rows, bad) = LabelledRows.Read(Csv, "x.csv", TriageUnderTest.Setup.Taxonomy);
        Assert.Equal([(2, "shipping", (int?)5), (7, "account", 3), (11, "account", null)], rows.Select(r => (r.Line, r.Category, r.Priority)));
        Assert.Equal([3, 4, 5, 6, 9, 10], bad.Select(b => b.Line));
        Assert.All(bad, b => Assert.EndsWith(".", b.Reason, StringComparison.Ordinal));

        Assert.Contains("name the columns", Assert.Throws<TaxonomyException>(() => LabelledRows.Read("a,b\n1,2", "x.csv", TriageUnderTest.Setup.Taxonomy)).Message, StringComparison.Ordinal);
        Assert.Throws<TaxonomyException>(() => LabelledRows.Read("", "x.csv", TriageUnderTest.Setup.Taxonomy));
        Assert.Contains("1,000 rows", Assert.Throws<TaxonomyException>(() => LabelledRows.Read("body,category\n" + string.Concat(Enumerable.Repeat("x,y\n", 5_000)), "x.csv", TriageUnderTest.Setup.Taxonomy)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_evaluation_measures_names_bad_rows_and_is_kept()
    {
        var view = await RunAsync(AssessmentKind.Evaluation, new AssessmentAsked("rows.csv"), "subject,body,category,priority\nParcel,Where is my parcel? It should have come on Monday.,shipping,6\nLog in,I cannot log in to my account and the password link does not work.,account,5\nx,y,nonsense,\n");
        var result = view.Evaluation!;
        Assert.Equal((2, 1, 2, 2), (result.Score.Rows, result.BadRowCount, result.PriorityRows, view.Done));
        Assert.Equal(4, result.BadRows[0].Line);
        Assert.True(result.SecondsPerRow > 0);
        Assert.NotNull(view.FinishedAt);
        Assert.Equal(view.Id, Assert.Single(await Store.ListAsync(AssessmentKind.Evaluation, 10, CancellationToken.None)).Id);

        var useless = await RunAsync(AssessmentKind.Evaluation, new AssessmentAsked("rows.csv"), "a,b\n1,2\n");
        Assert.Contains("name the columns", useless.Problem, StringComparison.Ordinal);
        var unknown = await RunAsync(AssessmentKind.Evaluation, new AssessmentAsked("rows.csv", Model: 7), "body,category\nx,account\n");
        Assert.Contains("no version 7", unknown.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_replay_lists_what_would_be_decided_otherwise_and_writes_nothing()
    {
        for (var i = 0; i < 4; i++) await _at.MailAsync("Delivery", $"How long does delivery to Germany take? I order {i} shirts.");
        var odd = await _at.MailAsync("Quota", "Could you adjust the wibblestock quota of our warehouse dashboard?");
        await _at.Store.ExecuteAsync("update message set received_at = now() - interval '1 day'");
        const string State = "select (select string_agg(md5(d::text), '' order by message_id) from decision d) || (select string_agg(md5(t::text), '' order by message_id) from triage_result t) || (select count(*) from draft) || (select count(*) from outbound_message) || (select count(*) from work_item)";
        var before = await _at.Store.AskAsync<string>(State);

        var strict = await RunAsync(AssessmentKind.Replay, new AssessmentAsked(Days: 7, Bands: "100/100/100"));
        Assert.Equal((5, 5, 5), (strict.Replay!.Messages, strict.Done, strict.Total));
        var changes = await Store.ChangesAsync(strict.Id, 0, 100, CancellationToken.None);
        Assert.Equal(strict.Replay.Changed, changes.Count);
        Assert.NotEmpty(changes);
        Assert.All(changes, c => Assert.Equal(DecisionKind.Escalate, c.After));
        Assert.All(changes, c => Assert.Equal(c.Before, c.Decided));
        Assert.Equal(strict.Replay.Changed, strict.Replay.Moves.Sum(m => m.Count));

        var same = await RunAsync(AssessmentKind.Replay, new AssessmentAsked(Days: 7, Model: 0));
        Assert.Equal((5, 0, 0), (same.Replay!.Messages, same.Replay.Changed, same.Replay.CategoriesChanged));
        Assert.Equal(before, await _at.Store.AskAsync<string>(State));
        Assert.Equal(0, (await RunAsync(AssessmentKind.Replay, new AssessmentAsked(Days: 7, Risk: 0.02))).Replay!.Changed); // no outcomes: the bands hold

        // Another model: what was taught since is what differs.
        await _at.CorrectAsync(odd, await _at.CategoryAsync(0, "Quota\nCould you adjust the wibblestock quota of our warehouse dashboard?") == "complaint" ? "account" : "complaint");
        await _at.LearnAsync();
        var untaught = await RunAsync(AssessmentKind.Replay, new AssessmentAsked(Days: 7, Model: 0));
        Assert.InRange(untaught.Replay!.CategoriesChanged, 1, 2);
        Assert.NotEqual(untaught.Replay.Model, untaught.Replay.Other);
    }

    [Fact]
    public async Task Another_taxonomy_is_tried_and_one_that_cannot_be_used_is_explained()
    {
        await _at.MailAsync("Delivery", "How long does delivery to Germany take?");
        await _at.Store.ExecuteAsync("update message set received_at = now() - interval '1 day'");
        var yaml = await File.ReadAllTextAsync(Path.Combine(TriageUnderTest.Samples, "taxonomy.yaml"));
        var cautious = await RunAsync(AssessmentKind.Replay, new AssessmentAsked("cautious.yaml", Days: 3), yaml.Replace("autonomy: send_reply", "autonomy: escalate", StringComparison.Ordinal));
        Assert.Null(cautious.Problem);
        Assert.Equal(1, cautious.Replay!.Changed);
        var broken = await RunAsync(AssessmentKind.Replay, new AssessmentAsked("broken.yaml", Days: 3), "version: [");
        Assert.StartsWith("broken.yaml", broken.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_dead_worker_began_another_does_and_the_dead_one_may_no_longer_write()
    {
        var id = await Store.AddAsync(AssessmentKind.Replay, _at.Mailbox, new AssessmentAsked(Days: 7, Bands: "90/70/50"), null, "Olga", null, CancellationToken.None);
        var dead = Guid.NewGuid();
        Assert.Equal(id, (await Store.TakeAsync(dead, CancellationToken.None))!.Id);
        Assert.Null(await Store.TakeAsync(_owner, CancellationToken.None));
        await _at.Store.ExecuteAsync("update assessment set owner_until = now() - interval '1 second'");
        Assert.Equal(id, (await Store.TakeAsync(_owner, CancellationToken.None))!.Id);
        Assert.False(await Store.ProgressAsync(id, dead, 1, 2, [], CancellationToken.None));
        Assert.True(await Store.ProgressAsync(id, _owner, 1, 2, [], CancellationToken.None));
        await Store.FinishAsync(id, dead, null, "late", CancellationToken.None);
        Assert.Null((await Store.FindAsync(id, CancellationToken.None))!.FinishedAt);
    }

    [Theory]
    [InlineData("90/70")]
    [InlineData("50/70/90")]
    [InlineData("a/b/c")]
    [InlineData("101/70/50")]
    [InlineData("")]
    public void Bands_that_make_no_sense_are_refused(string text) => Assert.Throws<AssessmentException>(() => ReplaySource.Bands(text));
}
