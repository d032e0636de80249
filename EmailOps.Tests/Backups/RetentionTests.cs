using System.IO.Compression;
using System.Text;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Core.Data.Backups;
using EmailOps.Core.Data.Privacy;
using EmailOps.Core.Data.Retention;
using EmailOps.Tests.Postgres;
using EmailOps.Tests.Store;

namespace EmailOps.Tests.Backups;

/// <summary>Mail that leaves the database: because it is old, or because its sender asked for it.</summary>
public sealed class RetentionTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("emailops-archive-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Task<TestStore> OpenAsync(params (string, string)[] more) => TestStore.CreateAsync(postgres, [("Retention:Folder", _folder), ("Backup:Folder", _folder), .. more]);

    private static async Task<long> StoreAsync(TestStore store, string id, string kind, string decided = "100 days", string from = "Ada Byron <ada@customer.example>", string body = "It has not come.")
    {
        var message = (await store.StoreAsync(MailText.Of(id, $"About {id}", body, from)))[0].MessageId!.Value;
        await store.ExecuteAsync($"""
            insert into triage_result (message_id, mailbox_id, received_at, category, category_confidence, priority, language, summary, confidence, hostility, is_automated, degraded, findings, model_version, judged_at)
                select id, mailbox_id, received_at, 'shipping', 0.9, 5, 'en', 'A parcel.', 90, 0, false, false, '[]', 'built-in', now() from message where id = {message};
            insert into decision (message_id, mailbox_id, received_at, kind, reasons, policy_version, decided_at) select id, mailbox_id, received_at, '{kind}', '[]', '1', now() - interval '{decided}' from message where id = {message};
            update message_thread set last_message_at = now() - interval '{decided}' where id = (select thread_id from message where id = {message});
            delete from work_item where subject_id = {message};
            """);
        return message;
    }

    private static Task DraftAsync(TestStore store, long message, string draft, string? reply = null) => store.ExecuteAsync($"""
        insert into draft (message_id, body, language, citations, state, version, created_at) values ({message}, 'Dear Ada', 'en', '[]', '{draft}', 1, now());
        {(reply is null ? "" : $"insert into outbound_message (message_id, draft_id, mailbox_id, internet_message_id, recipient, correspondent, subject, body, state, created_at) select message_id, id, 1, '<r{message}@x>', 'ada@customer.example', 'ada@customer.example', 'Re', 'Dear Ada', '{reply}', now() from draft where message_id = {message};")}
        """);

    [Fact]
    public async Task Old_mail_that_is_done_is_archived_deleted_and_comes_back_and_nothing_open_is_touched()
    {
        await using var store = await OpenAsync();
        var retention = store.Get<RetentionRun>();
        var filed = await StoreAsync(store, "filed@customer.example", "File");
        var answered = await StoreAsync(store, "answered@customer.example", "Suggest");
        await DraftAsync(store, answered, "Approved", "Sent");
        var escalated = await StoreAsync(store, "escalated@customer.example", "Escalate");
        var resolved = await StoreAsync(store, "resolved@customer.example", "Escalate");
        await store.ExecuteAsync($"insert into escalation (message_id, thread_id, mailbox_id, state, severity, reasons, opened_by, resolved_at) select id, thread_id, mailbox_id, 'Resolved', 'High', '[]', 'policy', now() from message where id = {resolved}");
        var reopened = await StoreAsync(store, "reopened@customer.example", "File");
        await store.ExecuteAsync($"insert into escalation (message_id, thread_id, mailbox_id, severity, reasons, opened_by) select id, thread_id, mailbox_id, 'High', '[]', 'Olga' from message where id = {reopened}");
        var waiting = await StoreAsync(store, "waiting@customer.example", "Suggest");
        await DraftAsync(store, waiting, "Proposed");
        var unknown = await StoreAsync(store, "unknown@customer.example", "SendReply");
        await DraftAsync(store, unknown, "Approved", "Unknown");
        var recent = await StoreAsync(store, "recent@customer.example", "File", "10 days");
        var taught = await StoreAsync(store, "taught@customer.example", "File");
        await store.ExecuteAsync($"insert into lesson (mailbox_id, message_id, kind, category, actor, at) values ({store.Mailbox}, {taught}, 'Category', 'shipping', 'Olga', now())");
        var queued = await StoreAsync(store, "queued@customer.example", "File");
        await store.EnqueueAsync(new Core.Work.NewWork(Core.Work.Stage.Policy, queued, store.Mailbox));
        await store.Get<WordIndexer>().RunAsync(10, CancellationToken.None);
        var raw = await store.AskAsync<byte[]>($"select bytes from raw_mail r join message m on m.raw_id = r.id where m.id = {filed}");

        var preview = await retention.PreviewAsync(90, CancellationToken.None);
        var done = await retention.RunAsync(90, "Olga", _ => { /* Nobody looks. */ }, CancellationToken.None);
        var left = await store.ColumnAsync<long>("select id from message order by id");
        var words = await store.AskAsync<long>("select count(*) from message_words where message_id not in (select id from message)");
        // Still on the mail server, under a new number.
        var offered = await store.OutcomesAsync(MailText.Of("filed@customer.example", "About filed@customer.example"));

        Assert.Equal((9, 3, 5, 1), (preview.Old, preview.Ready, preview.Open, preview.Lessons));
        Assert.Equal(3, done.Messages);
        Assert.Equal(new[] { escalated, reopened, waiting, unknown, recent, taught, queued }.Order(), left);
        Assert.Equal(0, words);
        Assert.Equal([IntakeOutcome.Duplicate], offered);
        Assert.Equal((7L, 7L, 10L), (await store.AskAsync<long>("select messages from mailbox_tally"), await store.AskAsync<long>("select count(*) from raw_mail"), await store.AskAsync<long>("select count(*) from intake_entry where outcome = 'Stored'")));
        Assert.Equal(0, await store.AskAsync<long>("select count(*) from message_thread t where not exists (select from message m where m.thread_id = t.id)"));
        var archive = Path.Combine(_folder, Assert.Single(done.Archives));
        using (var zip = ZipFile.OpenRead(archive))
        {
            var facts = new StreamReader(zip.GetEntry("facts.jsonl")!.Open()).ReadToEnd();
            Assert.Equal(3, facts.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
            Assert.Contains("\"Dear Ada\"", facts, StringComparison.Ordinal);
            Assert.Contains(zip.Entries, e => e.Name.EndsWith(".eml", StringComparison.Ordinal) && Read(e).SequenceEqual(raw));
        }
        Assert.Equal(0, (await retention.RunAsync(90, "Olga", _ => { /* Nobody looks. */ }, CancellationToken.None)).Messages);

        var back = await retention.TakeBackAsync(archive, "Olga", CancellationToken.None);
        Assert.Equal(3, Assert.Single(back).Stored);
        Assert.Equal((10L, 0L), (await store.AskAsync<long>("select count(*) from message"), await store.AskAsync<long>("select count(*) from message_retired")));
        Assert.NotNull((await store.Get<StandingOrders>().ViewAsync(CancellationToken.None)).Paused);
        Assert.Equal(1, await store.AskAsync<long>("select count(*) from audit_entry where action = 'retention.archive'"));
    }

    [Fact]
    public async Task A_damaged_archive_and_what_is_none_are_refused_and_change_nothing()
    {
        await using var store = await OpenAsync();
        await StoreAsync(store, "filed@customer.example", "File");
        var archive = Path.Combine(_folder, Assert.Single((await store.Get<RetentionRun>().RunAsync(90, "Olga", _ => { /* Nobody looks. */ }, CancellationToken.None)).Archives));
        var changed = Path.Combine(_folder, "changed.zip");
        File.Copy(archive, changed);
        using (var zip = ZipFile.Open(changed, ZipArchiveMode.Update))
        {
            var mail = zip.Entries.Single(e => e.Name.EndsWith(".eml", StringComparison.Ordinal));
            var name = mail.FullName;
            mail.Delete();
            using var entry = zip.CreateEntry(name).Open();
            entry.Write("From: somebody@else.example\r\n\r\nForged\r\n"u8);
        }
        var none = Path.Combine(_folder, "none.zip");
        await File.WriteAllTextAsync(none, "PK is what a zip begins with");

        foreach (var path in (string[])[changed, none])
            await Assert.ThrowsAsync<BackupException>(() => store.Get<RetentionRun>().TakeBackAsync(path, "Olga", CancellationToken.None));

        Assert.Equal((0L, 1L), (await store.AskAsync<long>("select count(*) from message"), await store.AskAsync<long>("select count(*) from message_retired")));
        Assert.Null((await store.Get<StandingOrders>().ViewAsync(CancellationToken.None)).Paused);
    }

    [Fact]
    public async Task A_person_gets_a_copy_and_then_nothing_in_the_database_names_them()
    {
        await using var store = await OpenAsync();
        var hers = await StoreAsync(store, "hers@customer.example", "SendReply", body: "My order 4711, Ada Byron, Dorset Street 1.");
        await DraftAsync(store, hers, "Approved", "Sent");
        await store.ExecuteAsync($"""
            insert into lesson (mailbox_id, message_id, kind, category, actor, at) values ({store.Mailbox}, {hers}, 'Category', 'shipping', 'Olga', now());
            insert into automation_brake (mailbox_id, correspondent, reason, tripped_at) values ({store.Mailbox}, 'ada@customer.example', 'Too many', now());
            insert into model_answer (key, prompt, model, answer, tokens_in, tokens_out, used_at, expires_at) values ('\x01', 'judge/1', 'tiny', 'ada@customer.example', 1, 1, now(), now() + interval '1 hour');
            """);
        var other = await StoreAsync(store, "other@customer.example", "File", from: "Bob <bob@customer.example>");
        await store.ExecuteAsync($"update message_thread set participants = participants || array['ada@customer.example'] where id = (select thread_id from message where id = {other})");
        await store.Get<WordIndexer>().RunAsync(10, CancellationToken.None);
        var data = store.Get<PersonData>();

        var found = await data.FindAsync("  Ada@Customer.example ", CancellationToken.None);
        var copy = Path.Combine(_folder, "ada.zip");
        Assert.Equal(1, await data.ExportAsync("ada@customer.example", copy, "Olga", CancellationToken.None));
        var erased = await data.EraseAsync("ada@customer.example", "Olga", _ => { /* Nobody looks. */ }, CancellationToken.None);

        Assert.Equal((1, 1, 1, 1, 1, 1), (found.Messages, found.Drafts, found.Replies, found.Lessons, found.Mentions, found.Brakes));
        using (var zip = ZipFile.OpenRead(copy))
        {
            Assert.Contains("Dorset Street 1", Encoding.UTF8.GetString(Read(zip.Entries.Single(e => e.Name.EndsWith(".eml", StringComparison.Ordinal)))), StringComparison.Ordinal);
            Assert.Contains("Dear Ada", Encoding.UTF8.GetString(Read(zip.GetEntry("facts.jsonl")!)), StringComparison.Ordinal);
            Assert.NotNull(zip.GetEntry("README.txt"));
        }
        Assert.Equal(1, erased.Messages);
        Assert.Contains(erased.Remains, r => r.Contains("mail servers", StringComparison.Ordinal));
        foreach (var table in await store.ColumnAsync<string>("select relname::text from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'public' and c.relkind = 'r'"))
        {
            var named = await store.AskAsync<long>($"select count(*) from \"{table}\" t where t::text ilike '%ada@customer%' or t::text ilike '%Dorset%' or t::text ilike '%Byron%'");
            Assert.True(named == 0, $"{table} still names the person {named} times.");
        }
        Assert.Equal([other], await store.ColumnAsync<long>("select id from message"));
        Assert.Equal([IntakeOutcome.Duplicate], await store.OutcomesAsync(MailText.Of("hers@customer.example", "About hers@customer.example", "My order 4711, Ada Byron, Dorset Street 1.")));
        Assert.Equal(["privacy.export", "privacy.erase"], await store.ColumnAsync<string>("select action from audit_entry where subject_kind = 'person' order by id"));
        foreach (var nobody in (string[])["", "@", "ada", "a b@c.example", new string('x', 400) + "@c.example", "ada@customer.example\nx"]) Assert.Throws<FormatException>(() => PersonData.Clean(nobody));
    }

    private static byte[] Read(ZipArchiveEntry entry)
    {
        using var stream = entry.Open();
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        return memory.ToArray();
    }
}
