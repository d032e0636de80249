using System.Net;
using System.Net.Sockets;
using System.Text;
using EmailOps.Benchmarks.Proxies;
using EmailOps.Tests.MailServers;
using EmailOps.Tests.Postgres;
using Npgsql;

namespace EmailOps.Tests.Proxies;

/// <summary>That the proof of chaos stands on a proxy that cuts where it says: the server's own state tells.</summary>
public sealed class ProxyTests(MailServersFixture mail, PostgresFixture postgres) : IClassFixture<MailServersFixture>, IClassFixture<PostgresFixture>
{
    private const string Mail = "From: Ada <ada@customer.example>\r\nSubject: Hello\r\n\r\nSome words that make the mail\r\n.longer than a line or two, so that it has a middle.\r\n";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(nameof(Moment.BeforeStored), 0)]
    [InlineData(nameof(Moment.AfterStored), 1)]
    public async Task A_transaction_cut_before_its_commit_left_nothing_and_cut_after_it_left_all(string name, int rows)
    {
        var database = await postgres.CreateDatabaseAsync();
        await using var direct = NpgsqlDataSource.Create(database);
        await ExecuteAsync(direct, "create table server_message (uid bigint)");
        var moments = new Moments();
        await using var proxy = new TcpProxy(() => PostgresRoute.Server(database), moments, PostgresWatch.New);
        await using var through = NpgsqlDataSource.Create(PostgresRoute.Through(proxy, database));
        await using var connection = await through.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using (var insert = new NpgsqlCommand("insert into server_message values ($1)", connection) { Parameters = { new() { Value = 7L } } }) await insert.ExecuteNonQueryAsync();
        Assert.Empty(moments.Seen);

        var acted = 0;
        var reached = moments.ArmAsync(Enum.Parse<Moment>(name), () => Task.FromResult(acted++));
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => transaction.CommitAsync());
        await reached.WaitAsync(Patience);
        Assert.Equal(1, acted);
        // The server notices the cut when it next reads; until then the rows are locked, not there.
        Assert.Equal(rows, await CountAsync(direct));
    }

    [Fact]
    public async Task A_statement_alone_is_a_transaction_and_copy_counts_and_a_failed_commit_is_none()
    {
        var database = await postgres.CreateDatabaseAsync();
        await using var direct = NpgsqlDataSource.Create(database);
        await ExecuteAsync(direct, "create table server_message (uid bigint); create table outbound_message (id int, state text); insert into outbound_message values (1, 'Queued'); create table triage_result (id int unique deferrable initially deferred)");
        var moments = new Moments();
        await using var proxy = new TcpProxy(() => PostgresRoute.Server(database), moments, PostgresWatch.New);
        await using var through = NpgsqlDataSource.Create(PostgresRoute.Through(proxy, database));
        await using (var alone = through.CreateCommand("update outbound_message set state = $1 where id = 1 and state = 'Queued'"))
        {
            alone.Parameters.Add(new() { Value = "Sending" });
            await alone.ExecuteNonQueryAsync();
        }
        await using (var sent = through.CreateCommand("update outbound_message set state = 'Sent' where state = 'Sending'")) await sent.ExecuteNonQueryAsync();
        await using (var connection = await through.OpenConnectionAsync())
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            await using (var copy = await connection.BeginBinaryImportAsync("copy server_message (uid) from stdin (format binary)"))
            {
                for (var uid = 0L; uid < 50_000; uid++) await copy.WriteRowAsync(default, uid);
                await copy.CompleteAsync();
            }
            await transaction.CommitAsync();
        }
        await using (var twice = through.CreateCommand("insert into triage_result values (1), (1)")) await Assert.ThrowsAsync<PostgresException>(() => twice.ExecuteNonQueryAsync());

        Assert.Equal(
            [Moment.BeforeStored, Moment.AfterStored, Moment.BeforeTriaged, Moment.BeforeSending, Moment.AfterSending, Moment.BeforeSent, Moment.AfterSent],
            moments.Seen.Keys.Order());
        Assert.All(moments.Seen.Values, count => Assert.Equal(1, count));
        Assert.Equal(50_000, await CountAsync(direct));
    }

    [Theory]
    [InlineData(nameof(Moment.MailFrom), 0)]
    [InlineData(nameof(Moment.DataHalf), 0)]
    [InlineData(nameof(Moment.BeforeDot), 0)]
    [InlineData(nameof(Moment.Accepted), 1)]
    [InlineData(nameof(Moment.Answered), 1)]
    public async Task A_submission_cut_before_the_dot_was_not_received_and_cut_after_it_was(string name, int received)
    {
        if (!mail.TryGet(out var servers)) return;
        var user = await servers.AddUserAsync();
        var moments = new Moments();
        await using var proxy = new TcpProxy(() => new IPEndPoint(IPAddress.Loopback, servers.PlainPort), moments, SmtpWatch.New);
        var reached = moments.ArmAsync(Enum.Parse<Moment>(name), () => Task.CompletedTask, skip: 1);
        using var smtp = await Line.OpenAsync(servers, proxy.Port);
        await smtp.SayAsync("EHLO test", "250 ");
        async Task SubmitAsync()
        {
            await smtp.SayAsync($"MAIL FROM:<{user.Address}>", "250");
            await smtp.SayAsync("RCPT TO:<ada@customer.example>", "250");
            await smtp.SayAsync("DATA", "354");
            await smtp.SayAsync($"{Mail.Replace("\r\n.", "\r\n..", StringComparison.Ordinal)}.", "250");
        }

        await SubmitAsync();
        if (name == nameof(Moment.Answered)) await SubmitAsync();
        else await Assert.ThrowsAnyAsync<IOException>(SubmitAsync);
        await reached.WaitAsync(Patience);
        Assert.Equal(1 + received, servers.Sink.ReceivedFrom(user).Count);
        Assert.Equal(Mail, Encoding.UTF8.GetString(servers.Sink.ReceivedFrom(user)[0].Raw));
    }

    [Fact]
    public async Task Imap_is_cut_in_the_middle_of_a_mail_and_after_a_copy_was_kept()
    {
        if (!mail.TryGet(out var servers)) return;
        var user = await servers.AddUserAsync();
        servers.Delivery.Drop(user, Mail, Mail);
        var moments = new Moments();
        await using var proxy = new TcpProxy(() => new IPEndPoint(IPAddress.Loopback, servers.ImapPort), moments, ImapWatch.New);

        var middle = moments.ArmAsync(Moment.FetchHalf, () => Task.CompletedTask, skip: 1);
        using (var imap = await Line.ImapAsync(servers, user, proxy.Port))
        {
            await imap.AskAsync("SELECT INBOX");
            await Assert.ThrowsAnyAsync<IOException>(() => imap.AskAsync("UID FETCH 1:* (UID BODY.PEEK[])"));
        }
        await middle.WaitAsync(Patience);
        Assert.False(moments.Seen.ContainsKey(Moment.Fetched));

        using (var imap = await Line.ImapAsync(servers, user, proxy.Port))
        {
            await imap.AskAsync("SELECT INBOX");
            Assert.Contains("Some words", await imap.AskAsync("UID FETCH 1:* (UID BODY.PEEK[])"), StringComparison.Ordinal);
            Assert.Equal(1, moments.Seen[Moment.Fetched]);
            var kept = moments.ArmAsync(Moment.Appended, () => Task.CompletedTask);
            await Assert.ThrowsAnyAsync<IOException>(() => imap.AskAsync($"APPEND Sent {{{Mail.Length}+}}\r\n{Mail}"));
            await kept.WaitAsync(Patience);
        }
        Assert.Equal(1, moments.Seen[Moment.AppendHalf]);
        Assert.Single(servers.Delivery.Stored(user, "Sent"));
    }

    [Fact]
    public async Task A_paused_proxy_keeps_connections_and_a_refusing_one_takes_none()
    {
        if (!mail.TryGet(out var servers)) return;
        var user = await servers.AddUserAsync();
        await using var proxy = new TcpProxy(() => new IPEndPoint(IPAddress.Loopback, servers.ImapPort), new Moments());
        using var imap = await Line.ImapAsync(servers, user, proxy.Port);
        proxy.Pause();
        var waiting = imap.AskAsync("NOOP");
        Assert.False(waiting.IsCompleted);
        proxy.Refusing = true;
        var refused = await Record.ExceptionAsync(async () => await (await Line.OpenAsync(servers, proxy.Port)).AskAsync("NOOP"));
        Assert.True(refused is IOException or SocketException, $"{refused}"); // the system may tell while connecting, or after
        proxy.Resume();
        Assert.Contains("a OK", await waiting, StringComparison.Ordinal);
        proxy.CutAll();
        await Assert.ThrowsAnyAsync<IOException>(() => imap.AskAsync("NOOP"));
    }

    private static async Task ExecuteAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<long> CountAsync(NpgsqlDataSource source)
    {
        await using var command = source.CreateCommand("select count(*) from server_message");
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
