using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Core.Mailboxes;
using EmailOps.Tests.Postgres;
using EmailOps.Tests.Store;
using Npgsql;

namespace EmailOps.Tests.Mailboxes;

public sealed class MailboxStoreTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private const string Secret = "a secret nobody may see";

    private static readonly MailboxSettings Connected = new()
    {
        Imap = new MailServerSettings("imap.shop.example", 993, MailSecurity.Tls),
        Smtp = new MailServerSettings("smtp.shop.example", 587, MailSecurity.StartTls),
    };

    [Fact]
    public async Task A_mailbox_made_by_import_is_set_up_later_and_keeps_its_id()
    {
        await using var store = await TestStore.CreateAsync(postgres);
        var mailboxes = store.Get<MailboxStore>();
        var imported = Assert.Single(await mailboxes.ListAsync(default));
        Assert.Equal((store.Mailbox, null, null, true, 1), (imported.Id, imported.Settings.Imap, imported.Settings.Smtp, imported.IsEnabled, imported.Version));

        var saved = await mailboxes.SaveAsync(imported.Id, imported.Version, "Olga", new SaveMailbox("Support@Shop.Example ", "Shop", Connected, Secret), default);
        Assert.Equal(WriteOutcome.Done, saved.Outcome);
        var setup = (await mailboxes.FindAsync(TestStore.Address, default))!;
        Assert.Equal((imported.Id, "Shop", true, false, 2), (setup.Id, setup.Name, setup.HasImapSecret, setup.HasSmtpSecret, setup.Version));
        Assert.Equal(Connected.Imap, setup.Settings.Imap);

        var opened = (await store.Get<MailboxAccess>().OpenAsync(setup.Id, default))!;
        Assert.Equal((Secret, Secret), (opened.ImapSecret, opened.SmtpSecret)); // sending falls back to the one password
        Assert.Equal(TestStore.Address, opened.UserOf(opened.Settings.Imap!));
    }

    [Fact]
    public async Task Secrets_are_kept_by_null_and_forgotten_by_empty_and_stand_nowhere_in_the_clear()
    {
        await using var store = await TestStore.CreateAsync(postgres);
        var (mailboxes, access) = (store.Get<MailboxStore>(), store.Get<MailboxAccess>());
        var made = await mailboxes.CreateAsync("Olga", new SaveMailbox("new@shop.example", "", Connected, Secret, "of smtp: " + Secret), default);
        Assert.Equal(WriteOutcome.Done, made.Outcome);
        Assert.Equal(WriteOutcome.Done, (await mailboxes.SaveAsync(made.Id, 1, "Olga", new SaveMailbox("new@shop.example", "New", Connected), default)).Outcome);
        var opened = (await access.OpenAsync(made.Id, default))!;
        Assert.Equal((Secret, "of smtp: " + Secret), (opened.ImapSecret, opened.SmtpSecret));

        Assert.Equal(WriteOutcome.Done, (await mailboxes.SaveAsync(made.Id, 2, "Olga", new SaveMailbox("new@shop.example", "New", Connected, SmtpSecret: ""), default)).Outcome);
        Assert.Equal(Secret, (await access.OpenAsync(made.Id, default))!.SmtpSecret);

        Assert.False(await store.AskAsync<bool>($"select exists (select from secret where position(convert_to('{Secret}', 'UTF8') in sealed) > 0)"));
        var audit = await store.ColumnAsync<string>($"select actor || ' ' || action || ' ' || detail from audit_entry where subject_kind = 'mailbox' and subject_id = {made.Id} order by id");
        Assert.Equal(3, audit.Count);
        Assert.StartsWith("Olga mailbox.create Made the mailbox new@shop.example: reading imap.shop.example:993 Tls Password; sending smtp.shop.example:587", audit[0], StringComparison.Ordinal);
        Assert.Contains("a new password", audit[0], StringComparison.Ordinal);
        Assert.Contains("forgot the password for sending", audit[2], StringComparison.Ordinal);
        Assert.All(audit, line => Assert.DoesNotContain(Secret, line, StringComparison.Ordinal));
        Assert.DoesNotContain(Secret, new SaveMailbox("a@b.example", "", Connected, Secret, Secret).ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, new TestMailbox("a@b.example", Connected, Secret, Secret).ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, opened.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_two_who_save_the_same_version_one_wins()
    {
        await using var store = await TestStore.CreateAsync(postgres);
        var mailboxes = store.Get<MailboxStore>();
        var saves = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => mailboxes.SaveAsync(store.Mailbox, 1, $"Operator {i}", new SaveMailbox(TestStore.Address, $"Name {i}", Connected), default)));
        Assert.Single(saves, s => s.Outcome == WriteOutcome.Done);
        Assert.Equal(7, saves.Count(s => s.Outcome == WriteOutcome.VersionConflict));
        Assert.Equal(1, await store.AskAsync<long>("select count(*) from audit_entry where action = 'mailbox.change'"));
        Assert.Equal(WriteOutcome.NotFound, (await mailboxes.SaveAsync(999, 1, "Olga", new SaveMailbox("x@y.example", "", Connected), default)).Outcome);
    }

    [Fact]
    public async Task An_address_is_one_mailbox_also_when_many_make_it_at_once()
    {
        await using var store = await TestStore.CreateAsync(postgres);
        var mailboxes = store.Get<MailboxStore>();
        var made = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => mailboxes.CreateAsync("Olga", new SaveMailbox("Once@Shop.Example", "", Connected, Secret), default)));
        var winner = Assert.Single(made, m => m.Outcome == WriteOutcome.Done);
        Assert.All(made.Where(m => m != winner), m => Assert.Equal((WriteOutcome.WrongState, winner.Id), (m.Outcome, m.Id)));
        var taken = await mailboxes.SaveAsync(winner.Id, 1, "Olga", new SaveMailbox(TestStore.Address, "", Connected), default);
        Assert.Equal(WriteOutcome.WrongState, taken.Outcome);
        Assert.Contains("another mailbox", taken.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_workers_loops_are_told_at_commit()
    {
        await using var store = await TestStore.CreateAsync(postgres);
        await using var listening = await store.Source.OpenConnectionAsync();
        var heard = new List<string>();
        listening.Notification += (_, e) => heard.Add(e.Payload);
        await using (var listen = new NpgsqlCommand($"listen {MailboxStore.Channel}", listening)) await listen.ExecuteNonQueryAsync();
        await store.Get<MailboxStore>().SaveAsync(store.Mailbox, 1, "Olga", new SaveMailbox(TestStore.Address, "", Connected), default);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        await listening.WaitAsync(patience.Token);
        Assert.Equal([$"{store.Mailbox}"], heard);
    }

    [Fact]
    public async Task With_a_lost_key_opening_says_what_to_do_and_entering_the_password_again_mends_it()
    {
        await using var before = await TestStore.CreateAsync(postgres);
        var id = before.Mailbox;
        await before.Get<MailboxStore>().SaveAsync(id, 1, "Olga", new SaveMailbox(TestStore.Address, "", Connected, Secret), default);
        await using var after = await TestStore.OpenAsync(before.ConnectionString, ("Secrets:Key", new string('0', 63) + "1"));
        var refused = await Assert.ThrowsAsync<SecretsKeyException>(() => after.Get<MailboxAccess>().OpenAsync(id, default));
        Assert.Equal(refused.Message, StoreFailures.Explain(refused));
        Assert.Equal(WriteOutcome.Done, (await after.Get<MailboxStore>().SaveAsync(id, 2, "Olga", new SaveMailbox(TestStore.Address, "", Connected, "typed again"), default)).Outcome);
        Assert.Equal("typed again", (await after.Get<MailboxAccess>().OpenAsync(id, default))!.ImapSecret);
    }
}
