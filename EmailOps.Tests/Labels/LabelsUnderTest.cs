using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Core.Data.Labels;
using EmailOps.Core.Data.Lessons;
using EmailOps.Core.Triage;
using EmailOps.Tests.Lessons;
using EmailOps.Tests.Store;

namespace EmailOps.Tests.Labels;

/// <summary>Mail of shops and of customers, and people who label it.</summary>
internal static class LabelsUnderTest
{
    private static readonly string[] s_goods = ["mugs", "lamps", "chairs", "blankets", "baskets", "candles", "vases", "mirrors", "shelves", "clocks", "rugs", "bowls"];

    public static string Wholesale(int i) => $"Our shop would like to reorder {20 + i} cartons of {s_goods[i % s_goods.Length]} at trade terms. Please send the wholesale price list and the pallet costs.";

    public static string Customer(int i) => $"Hello, my {s_goods[i % s_goods.Length]} arrived with a scratch on day {i}. I would like to send them back and get my money returned.";

    /// <summary>Messages as they were received, not judged.</summary>
    public static async Task<long[]> MailsAsync(this TestStore store, int count, Func<int, string> text, string subject = "Mail")
    {
        List<long> ids = [];
        for (var i = 0; i < count; i++)
        {
            await store.StoreAsync(MailText.Of(id: $"{Guid.NewGuid():N}@customer.example", subject: subject, body: text(i), from: $"ada{i}@customer.example"));
            ids.Add(await store.AskAsync<long>("select max(id) from message"));
        }
        return [.. ids];
    }

    public static async Task<long> LabelAsync(this TestStore store, string name)
    {
        var written = await store.Get<LabelStore>().AddAsync(store.Mailbox, new SaveLabel(name, "for tests"), "Olga", CancellationToken.None);
        Assert.True(written.Outcome == WriteOutcome.Done, written.Problem);
        return written.Id;
    }

    public static async Task<int> SayAsync(this TestStore store, long label, bool isOn, params long[] messages)
    {
        var (outcome, changed, problem) = await store.Get<MessageLabels>().SayAsync(label, messages, isOn, "Olga", CancellationToken.None);
        Assert.True(outcome == WriteOutcome.Done, problem);
        return changed;
    }

    public static async Task<ModelView> LearnLabelsAsync(this LearningUnderTest at)
    {
        await at.LearnAsync();
        return await at.LabelModelAsync();
    }

    public static async Task<ModelView> LabelModelAsync(this LearningUnderTest at) => (await at.Get<ModelPeople>().FindAsync(at.Mailbox, CancellationToken.None, ModelTopic.Labels))!;

    /// <summary>How a label stands on a message.</summary>
    public static async Task<MessageLabelView> StandsAsync(this TestStore store, long message, long label)
    {
        var findings = await store.ColumnAsync<string>($"select findings::text from triage_result where message_id = {message}");
        var proposals = findings is [var json] ? Sql.FromJson<TriageFindings>(json).Labels ?? [] : [];
        return (await store.Get<MessageLabels>().OfAsync(store.Mailbox, message, proposals, CancellationToken.None)).Single(l => l.Id == label);
    }
}
