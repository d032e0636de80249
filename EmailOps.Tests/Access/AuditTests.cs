using EmailOps.Core.Contracts;
using EmailOps.Core.Data.Access;
using EmailOps.Core.Mailboxes;
using EmailOps.Tests.Hosts;
using EmailOps.Tests.Postgres;
using EmailOps.Tests.Store;
using Npgsql;

namespace EmailOps.Tests.Access;

/// <summary>The chain of the audit: free for those who write, strict with those who change.</summary>
public sealed class AuditTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private TestStore _store = null!;

    private AuditChain Chain => _store.Get<AuditChain>();

    public async Task InitializeAsync() => _store = await TestStore.CreateAsync(postgres);

    public async Task DisposeAsync() => await _store.DisposeAsync();

    [Fact]
    public async Task Entries_of_many_writers_are_all_doneonce_whatever_order_they_come_in_and_however_many_seal()
    {
        // One transaction holds its entry back while hundreds of later ones are written and sealed.
        await using var late = await _store.Source.OpenConnectionAsync();
        await using var open = await late.BeginTransactionAsync();
        await WriteAsync(late, "late");
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async writer =>
        {
            await using var connection = await _store.Source.OpenConnectionAsync();
            for (var i = 0; i < 100; i++) await WriteAsync(connection, $"writer {writer} {i}");
        }));
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => SealAllAsync()));
        Assert.Equal(800, (await Chain.ViewAsync(default)).Position);
        await open.CommitAsync();
        Assert.Equal(1, (await Chain.ViewAsync(default)).Unsealed);
        await SealAllAsync();

        var found = await Chain.VerifyAsync(_ => { }, default);
        Assert.Equal((true, 801L, 0L), (found.IsWhole, found.Checked, found.Unsealed));
        Assert.Equal(801, await _store.AskAsync<long>("select count(distinct entry_id) from audit_seal"));
        // Another process, with the key from the store.
        await using var other = await TestStore.OpenAsync(_store.ConnectionString);
        Assert.Equal(found.Head, (await other.Get<AuditChain>().VerifyAsync(_ => { }, default)).Head);
    }

    [Fact]
    public async Task The_first_entry_that_was_changed_deleted_or_slipped_in_is_named()
    {
        await using (var connection = await _store.Source.OpenConnectionAsync())
            for (var i = 1; i <= 30; i++) await WriteAsync(connection, $"entry {i}");
        await SealAllAsync();
        var ids = await _store.ColumnAsync<long>("select entry_id from audit_seal order by position");
        Assert.True((await Chain.VerifyAsync(_ => { }, default)).IsWhole);

        foreach (var (attack, undo, entry, position) in new (string, string, long?, long?)[]
        {
            ($"update audit_entry set detail = 'nothing happened' where id in ({ids[9]}, {ids[20]})", $"update audit_entry set detail = 'entry ' || case id when {ids[9]} then 10 else 21 end where id in ({ids[9]}, {ids[20]})", ids[9], 10),
            ($"update audit_entry set actor = 'Eve' where id = {ids[3]}", $"update audit_entry set actor = 'test' where id = {ids[3]}", ids[3], 4),
            ($"update audit_entry set at = at + interval '1 microsecond' where id = {ids[4]}", $"update audit_entry set at = at - interval '1 microsecond' where id = {ids[4]}", ids[4], 5),
            ($"create table kept as select * from audit_entry where id = {ids[11]}; delete from audit_entry where id = {ids[11]}", "insert into audit_entry select * from kept; drop table kept", ids[11], 12),
            ($"update audit_seal set entry_id = -1 where position = 7; update audit_seal set entry_id = {ids[6]} where position = 8; update audit_seal set entry_id = {ids[7]} where position = 7", $"update audit_seal set entry_id = -1 where position = 7; update audit_seal set entry_id = {ids[7]} where position = 8; update audit_seal set entry_id = {ids[6]} where position = 7", ids[7], 7),
            ("create table kept as select * from audit_seal where position > 25; delete from audit_seal where position > 25", "insert into audit_seal select * from kept; drop table kept", null, 26),
            ("update audit_chain set through_id = 1000000", "update audit_chain set through_id = 0", null, null),
        })
        {
            await _store.ExecuteAsync(attack);
            if (position is null) await _store.ExecuteAsync("insert into audit_entry (id, at, actor, action, subject_kind, subject_id, detail) values (0, now(), 'Eve', 'test.forged', 'test', 0, 'always was here')");
            var found = await Chain.VerifyAsync(_ => { }, default);
            Assert.False(found.IsWhole, attack);
            Assert.Equal((position is null ? 0 : entry, position), (found.BrokenEntry, found.BrokenPosition));
            Assert.NotNull((await Chain.ViewAsync(default)).Broken);
            await _store.ExecuteAsync(undo);
        }
        Assert.Contains(await _store.Get<SecurityMonitor>().FindAsync(default), f => f is { Severity: AlertSeverity.Critical, Component: "audit" });
        await _store.ExecuteAsync("delete from audit_entry where action = 'test.forged'");
        Assert.True((await Chain.VerifyAsync(_ => { }, default)).IsWhole);
    }

    [Fact]
    public async Task Who_can_write_the_tables_but_has_not_the_key_cannot_make_a_chain_that_holds()
    {
        await using (var connection = await _store.Source.OpenConnectionAsync())
            for (var i = 0; i < 5; i++) await WriteAsync(connection, $"entry {i}");
        await SealAllAsync();
        var noted = (await Chain.ViewAsync(default)).Head;
        // All of it thrown away, and made anew with a key of one's own.
        await _store.ExecuteAsync($"truncate audit_seal; update audit_chain set position = 0, hash = '', through_id = 0; delete from secret where name = '{AuditKey.Name}'; delete from audit_entry where detail = 'entry 2'");
        await using var forger = await TestStore.OpenAsync(_store.ConnectionString, ("Secrets:Key", Convert.ToBase64String(new byte[32].Select((_, i) => (byte)i).ToArray())));
        while ((await forger.Get<AuditChain>().SealAsync(default)).More) { }
        await using var honest = await TestStore.OpenAsync(_store.ConnectionString);
        await Assert.ThrowsAsync<SecretsKeyException>(() => honest.Get<AuditChain>().VerifyAsync(_ => { }, default));
        Assert.NotEqual(noted, await forger.Get<AuditChain>().HeadAsync(5, default));
    }

    [Fact]
    public async Task Pages_go_back_without_gaps_and_filters_and_words_of_any_kind_are_only_words()
    {
        await using (var connection = await _store.Source.OpenConnectionAsync())
            for (var i = 0; i < 25; i++) await WriteAsync(connection, $"entry {i} 100% _x' or 1=1", i % 5 == 0 ? "test.five" : "test.other");
        var list = _store.Get<AuditList>();
        var seen = new List<long>();
        AuditPage page;
        long? before = null;
        do
        {
            page = await list.ReadAsync(new AuditFilter(Before: before, Take: 10), default);
            seen.AddRange(page.Items.Select(e => e.Id));
            before = page.Next;
        } while (before is not null);
        Assert.Equal(await _store.ColumnAsync<long>("select id from audit_entry order by id desc"), seen);
        Assert.Equal(5, (await list.ReadAsync(new AuditFilter(Action: "test.five"), default)).Items.Count);
        Assert.Equal(25, (await list.ReadAsync(new AuditFilter(Action: "test."), default)).Items.Count);
        Assert.Equal(25, (await list.ReadAsync(new AuditFilter(Words: "100% _X' OR 1=1"), default)).Items.Count);
        Assert.DoesNotContain((await list.ReadAsync(new AuditFilter(Words: "%"), default)).Items, e => !e.Detail.Contains('%'));
        Assert.Empty((await list.ReadAsync(new AuditFilter(Actor: "test\0", Words: "\0nothing"), default)).Items);
        Assert.Empty((await list.ReadAsync(new AuditFilter(From: TimeProvider.System.GetUtcNow().AddDays(1)), default)).Items);
    }

    [Fact]
    public async Task Secrets_that_lie_open_and_certificates_that_end_are_found()
    {
        Assert.Empty(await _store.Get<SecurityMonitor>().FindAsync(default));
        await _store.ExecuteAsync("""
            insert into secret (name, sealed, updated_at) values ('mailbox/9/imap', 'hunter2', now());
            insert into app_user (name, name_key, role, password_hash, created_by) values ('Olga', 'olga', 'Viewer', 'hunter2', 'test');
            insert into tls_certificate (host, port, used_for, not_after, checked_at) values ('imap.example', 993, 'IMAP', now() + interval '10 days', now()), ('old.example', 465, 'SMTP', now() - interval '1 day', now()), ('fine.example', 993, 'IMAP', now() + interval '80 days', now());
            insert into api_key (name, hash, scope, created_at, expires_at) values ('grafana', '\x01', 'read', now(), now() + interval '3 days');
            """);
        var found = await _store.Get<SecurityMonitor>().FindAsync(default);
        Assert.Equal(["secrets", "secrets", "tls"], found.Where(f => f.Severity == AlertSeverity.Critical).Select(f => f.Component).Order());
        Assert.Equal("imap.example", Assert.Single(found, f => f.Severity == AlertSeverity.Warning).Details["host"]);
        Assert.Contains(found, f => f.Severity == AlertSeverity.Info && f.Details.GetValueOrDefault("key") == "grafana");
        Assert.DoesNotContain(found, f => f.Message.Contains("hunter2", StringComparison.Ordinal));
        Assert.Contains(found, f => (f.Name, f.Subject) == ("SecretNotEncrypted", "mailbox/9/imap"));
        Assert.Equal(found.Count, found.DistinctBy(f => (f.Name, f.Subject)).Count());
        Assert.Equal("degraded", (await _store.Get<CertificateWatch>().AskAsync(default)).Status);
    }

    [Fact]
    public async Task The_command_adds_people_and_tells_whether_the_audit_holds()
    {
        var added = await RunAsync("user", "add", "Mara Ek", "--role", "operator");
        Assert.Equal(0, added.Code);
        Assert.Contains("/invitation?token=ei_", added.Output, StringComparison.Ordinal);
        Assert.Equal(2, (await RunAsync("user", "add", "mara ek")).Code);
        Assert.Equal(0, (await RunAsync("user", "role", "Mara Ek", "viewer")).Code);
        Assert.Contains("\"role\":\"Viewer\"", (await RunAsync("user", "list", "--json")).Output, StringComparison.Ordinal);
        Assert.Equal(0, (await RunAsync("user", "disable", "Mara Ek")).Code);

        await SealAllAsync();
        var whole = await RunAsync("audit", "verify");
        Assert.Equal(0, whole.Code);
        Assert.Contains("The audit holds", whole.Output, StringComparison.Ordinal);
        await _store.ExecuteAsync("update audit_entry set detail = 'nothing' where action = 'user.role'");
        var broken = await RunAsync("audit", "verify", "--json");
        Assert.Equal(1, broken.Code);
        Assert.Contains("user.role", broken.Output, StringComparison.Ordinal);
        Assert.Contains("user.disable", (await RunAsync("audit", "list", "--action", "user.")).Output, StringComparison.Ordinal);
    }

    private Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments)
        => OwnProcess.RunAsync("emailops", arguments, ("ConnectionStrings__emailops", _store.ConnectionString), ("SECRETS_KEY", TestStore.SecretsKey));

    private async Task SealAllAsync()
    {
        await using var mine = await TestStore.OpenAsync(_store.ConnectionString);
        var (done, more) = (1, false);
        while (done > 0 || more) (done, more) = await mine.Get<AuditChain>().SealAsync(default);
        // Somebody else may hold the lease and be at it.
        await Wait.UntilAsync(async () => (await mine.Get<AuditChain>().ViewAsync(default)).Unsealed == 0, "all is sealed");
    }

    private static async Task WriteAsync(NpgsqlConnection connection, string detail, string action = "test.write")
    {
        await using var command = new NpgsqlCommand("insert into audit_entry (at, actor, action, subject_kind, subject_id, detail) values (now(), 'test', $1, 'test', 1, $2)", connection) { Parameters = { new() { Value = action }, new() { Value = detail } } };
        await command.ExecuteNonQueryAsync();
    }
}
