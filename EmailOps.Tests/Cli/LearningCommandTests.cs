using System.Text.Json;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Core.Triage.Consulting;
using EmailOps.Tests.Hosts;
using EmailOps.Tests.Labels;
using EmailOps.Tests.LanguageModels.StandIn;
using EmailOps.Tests.Lessons;
using EmailOps.Tests.Postgres;
using EmailOps.Tests.Triage.Consulting;

namespace EmailOps.Tests.Cli;

/// <summary><c>emailops model</c>, <c>eval</c> and <c>replay</c> as processes of their own.</summary>
public sealed class LearningCommandTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("emailops-learning-");
    private LearningUnderTest _at = null!;

    public async Task InitializeAsync() => _at = await LearningUnderTest.CreateAsync(postgres);

    public async Task DisposeAsync()
    {
        await _at.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments) => RunAsync([], arguments);

    private async Task<(int Code, string Output, string Error)> RunAsync((string, string)[] settings, string[] arguments)
    {
        var result = await OwnProcess.RunAsync("emailops", arguments, [.. settings, ("ConnectionStrings__emailops", _at.Store.ConnectionString), ("CACHE_DIR", Path.Combine(AppContext.BaseDirectory, "test-cache"))]);
        Assert.DoesNotContain("   at ", result.Output + result.Error, StringComparison.Ordinal);
        return result;
    }

    [Fact]
    public async Task Versions_are_listed_shown_and_rolled_back_and_lessons_taken_back()
    {
        await _at.CorrectAsync(await _at.MailAsync("Quota", "Could you adjust the wibblestock quota of our warehouse dashboard?"), "complaint");
        await _at.LearnAsync();
        var (listed, history, _) = await RunAsync("model", "history", "--json");
        Assert.Equal(0, listed);
        Assert.Equal(1, JsonSerializer.Deserialize<ModelView>(history, ContractJson.Options)!.History.Single().Number);
        Assert.Contains("Golden set", (await RunAsync("model", "show")).Output, StringComparison.Ordinal);
        Assert.Equal(0, (await RunAsync("model", "rollback", Store.TestStore.Address, "0", "--pin")).Code);
        Assert.True(await _at.ModelAsync() is { Number: 0, IsPinned: true });
        var (held, _, why) = await RunAsync("model", "retrain");
        Assert.Equal(2, held);
        Assert.Contains("unpin", why, StringComparison.Ordinal);
        Assert.Equal(0, (await RunAsync("model", "undo", $"{await _at.LastLessonAsync()}")).Code);
        var (set, risk, _) = await RunAsync("model", "risk", "--most-wrong", "2");
        Assert.Equal(0, set);
        Assert.Contains("more right outcomes are needed", risk, StringComparison.Ordinal);
        Assert.Contains("Examples", (await RunAsync("model", "rollback", "--help")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Labels_are_made_put_on_renamed_retired_and_their_model_is_shown()
    {
        var (made, label, _) = await RunAsync("label", "add", "Wholesale", "--description", "orders of shops", "--json");
        Assert.Equal(0, made);
        Assert.Equal("Wholesale", JsonSerializer.Deserialize<LabelView>(label, ContractJson.Options)!.Name);
        string[] with = [.. (await _at.Store.MailsAsync(9, LabelsUnderTest.Wholesale)).Select(id => $"{id}")], without = [.. (await _at.Store.MailsAsync(9, LabelsUnderTest.Customer)).Select(id => $"{id}")];
        Assert.Contains("9 of 9 messages labelled", (await RunAsync(["label", "put", "wholesale", .. with])).Output, StringComparison.Ordinal);
        Assert.Contains("8 messages handled without it", (await RunAsync("label", "list")).Output.ReplaceLineEndings(" "), StringComparison.Ordinal);
        Assert.Equal(0, (await RunAsync(["label", "take-off", "Wholesale", .. without])).Code);
        await _at.LearnAsync();
        var (_, history, _) = await RunAsync("model", "history", "--labels");
        Assert.Contains("micro-F1", history, StringComparison.Ordinal);
        Assert.Equal(0, (await RunAsync("model", "rollback", Store.TestStore.Address, "0", "--pin", "--labels")).Code);
        Assert.True(await _at.LabelModelAsync() is { Number: 0, IsPinned: true });
        Assert.False((await _at.ModelAsync()).IsPinned);
        Assert.Equal(0, (await RunAsync("label", "rename", "Wholesale", "B2B")).Code);
        var (nobody, _, why) = await RunAsync("label", "retire", "Wholesale");
        Assert.Equal(2, nobody);
        Assert.Contains("There are: B2B", why, StringComparison.Ordinal);
        Assert.Equal(0, (await RunAsync("label", "retire", "B2B")).Code);
        Assert.Contains("no labels yet", (await RunAsync("label", "list")).Output, StringComparison.Ordinal);
        Assert.Equal(0, (await RunAsync("label", "restore", "B2B")).Code);
    }

    [Fact]
    public async Task An_evaluation_names_bad_rows_and_a_replay_lists_changes()
    {
        var path = Path.Combine(_folder.FullName, "rows.csv");
        await File.WriteAllTextAsync(path, "text,category,priority\nwhere is my parcel,shipping,5\nI cannot log in to my account,account,\nx,nonsense,\n");
        var (code, json, _) = await RunAsync("eval", "--data", path, "--json");
        Assert.Equal(1, code);
        var evaluated = JsonSerializer.Deserialize<EvaluationResult>(json, ContractJson.Options)!;
        Assert.Equal((2, 4), (evaluated.Score.Rows, Assert.Single(evaluated.BadRows).Line));

        await _at.MailAsync("Delivery", "How long does delivery to Germany take?");
        await _at.Store.ExecuteAsync("update message set received_at = now() - interval '1 day'");
        var (replayed, changes, _) = await RunAsync("replay", "--days", "3", "--bands", "100/100/100", "--json");
        Assert.Equal(0, replayed);
        using var result = JsonDocument.Parse(changes);
        Assert.Equal(1, result.RootElement.GetProperty("result").GetProperty("changed").GetInt32());
        Assert.Single(result.RootElement.GetProperty("changes").EnumerateArray());
        Assert.Equal(2, (await RunAsync("replay", "--days", "3", "--bands", "1/2/3")).Code);
        Assert.Equal(0, await _at.Store.AskAsync<long>("select count(*) from assessment where finished_at is null"));
        await using var db = await _at.Get<Microsoft.EntityFrameworkCore.IDbContextFactory<EmailOpsDb>>().CreateDbContextAsync();
        Assert.Equal(2, db.Audit.Count(a => a.SubjectKind == "assessment"));
    }

    [Fact]
    public async Task Other_prompts_are_tried_on_past_mail_and_a_bad_one_is_named()
    {
        await using var ollama = await StandInOllama.StartAsync(asked => asked.System.Contains("in short", StringComparison.Ordinal) ? ModelSays.Json(new { category = "complaint", priority = 9, reason = "x" }) : ConsultUnderTest.Sensible(asked));
        (string, string)[] settings = [("OLLAMA_ENDPOINT", ollama.Address.AbsoluteUri), ("LanguageModels__ProbePatience", "00:00:30")];
        await _at.MailAsync("A question", ConsultUnderTest.Question);
        await _at.Store.ExecuteAsync("update message set received_at = now() - interval '1 day'");
        await _at.Store.ExecuteAsync($"update mailbox set settings = '{Sql.Json(new MailboxSettings { Model = new ModelPolicy { Use = ModelUse.Always } })}'");
        var file = Path.Combine(_folder.FullName, "judge.prompt");
        string[] replay = ["replay", "--days", "3", "--prompts", _folder.FullName];
        await File.WriteAllTextAsync(file, "version: 2\n[system]\nSort it.\n[user]\n{{mail}}");
        var bad = await RunAsync(settings, replay);
        Assert.Equal(2, bad.Code);
        Assert.Contains("judge.prompt lacks the slot {{fence}}", bad.Error.ReplaceLineEndings(" "), StringComparison.Ordinal);

        await File.WriteAllTextAsync(file, PromptLibrary.BuiltIn("judge").Replace("[user]", "Say it in short.\n[user]", StringComparison.Ordinal));
        var (code, json, _) = await RunAsync(settings, [.. replay, "--json"]);
        Assert.Equal(0, code);
        using var result = JsonDocument.Parse(json);
        var asking = result.RootElement.GetProperty("result").GetProperty("asking").Deserialize<ReplayAsking>(ContractJson.Options)!;
        Assert.Equal((1, 1, 2L), (asking.Wanted, asking.Asked, asking.Calls));
        Assert.Equal(1, result.RootElement.GetProperty("result").GetProperty("categoriesChanged").GetInt32());
        Assert.Contains("asked about 1 of 1 messages", (await RunAsync(settings, replay)).Output.ReplaceLineEndings(" "), StringComparison.Ordinal);

        var nobody = await RunAsync([("LanguageModels__FindLocal", "false")], ["replay", "--days", "3", "--ask-model"]);
        Assert.Equal(2, nobody.Code);
        Assert.Contains("OLLAMA_ENDPOINT", nobody.Error, StringComparison.Ordinal);
        Assert.Equal(2, (await RunAsync("replay", "--taxonomy", file, "--ask-model")).Code);
    }
}
