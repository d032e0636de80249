using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using EmailOps.AppHost.Postgres;
using EmailOps.Benchmarks.Proxies;

namespace EmailOps.Benchmarks.MailServers;

/// <summary>A mailbox made for one test: nobody else has it.</summary>
internal sealed record MailUser(string Address, string Password);

/// <summary>
/// A real Dovecot and a submission server that keeps what it is given, on free ports of loopback (eng/mailservers.sh). They and their folder
/// end with this process, however it ends. Tests share one pair and make users of their own; who stops the servers starts a pair of its own.
/// </summary>
internal sealed class MailServerPair : IAsyncDisposable
{
    public const string Host = "127.0.0.1";

    private static readonly string Script = Path.Combine(Root(), "eng", "mailservers.sh");
    private static int _lastUser;

    private readonly string _folder;
    private readonly Process _guardian;

    private MailServerPair(string folder, int[] ports, TokenStub tokens)
    {
        (_folder, Tokens) = (folder, tokens);
        (ImapPort, ImapsPort, LmtpPort, SmtpPort, SmtpsPort, PlainPort) = (ports[0], ports[1], ports[2], ports[3], ports[4], ports[5]);
        Sink = new SubmissionSink(folder);
        Delivery = new MailDelivery(folder, LmtpPort);
        Certificate = X509CertificateLoader.LoadCertificateFromFile(CertificatePath);
        // Waits on a pipe that we hold, in a session of its own: kill -9 ends us and closes the pipe.
        _guardian = Command.Start(["setsid", "sh", "-c", "exec >/dev/null 2>&1; cat; \"$1\" down \"$2\"; rm -rf \"$2\"", "emailops-mailservers", Script, folder], redirectOutput: false);
    }

    /// <summary>Clear text, and STARTTLS for who asks.</summary>
    public int ImapPort { get; }

    /// <summary>TLS from the first byte.</summary>
    public int ImapsPort { get; }

    public int LmtpPort { get; }

    /// <summary>STARTTLS first, then AUTH.</summary>
    public int SmtpPort { get; }

    /// <summary>TLS from the first byte, then AUTH.</summary>
    public int SmtpsPort { get; }

    /// <summary>No TLS; AUTH is possible and not asked for.</summary>
    public int PlainPort { get; }

    /// <summary>PEM; names localhost and 127.0.0.1; its own root, so it is what a client must trust.</summary>
    public string CertificatePath => Path.Combine(_folder, "cert.pem");

    public X509Certificate2 Certificate { get; }

    public string Folder => _folder;

    /// <summary>What an OAuth token is worth to both servers.</summary>
    public TokenStub Tokens { get; }

    /// <summary>What was submitted, and how it fails on purpose.</summary>
    public SubmissionSink Sink { get; }

    /// <summary>Puts mail into mailboxes.</summary>
    public MailDelivery Delivery { get; }

    /// <summary>Why they cannot run here, or null. Does not install anything: ./test.sh does.</summary>
    public static async Task<string?> MissingAsync(CancellationToken cancel = default)
    {
        var wanted = new[] { "/usr/sbin/dovecot", "/usr/lib/dovecot/imap", "/usr/lib/dovecot/lmtp", "/usr/bin/python3" }.FirstOrDefault(path => !File.Exists(path));
        if (wanted is not null) return $"{wanted} is missing; eng/mailservers.sh programs installs it";
        return (await Command.RunAsync(["/usr/bin/python3", "-c", "import aiosmtpd"], cancel)).Succeeded ? null : "python3-aiosmtpd is missing; eng/mailservers.sh programs installs it";
    }

    /// <param name="bare">No special folders (Sent, Drafts, ...).</param>
    public static async Task<MailServerPair> StartAsync(bool bare = false, CancellationToken cancel = default)
    {
        var tokens = await TokenStub.StartAsync();
        for (var attempt = 1; ; attempt++)
        {
            // Short and outside TMPDIR: sockets lie in it, and root's servers run as nobody.
            var folder = $"/tmp/eo-mail-{Environment.ProcessId}-{Guid.NewGuid():N}"[..32];
            var ports = FreePorts.Take(6);
            var done = await Command.RunAsync(
                [Script, "up", folder, "--ports", string.Join(',', ports), "--introspect", tokens.Address.ToString(), .. bare ? (string[])["--bare"] : []], cancel);
            if (done.Succeeded) return new MailServerPair(folder, ports, tokens);
            await Command.RunAsync([Script, "down", folder], cancel);
            if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
            // A port may have been taken between our look and the server's.
            if (attempt == 3) throw new InvalidOperationException($"The mail servers do not start: {done.LastLines(8)}");
        }
    }

    /// <summary>A new, empty mailbox.</summary>
    /// <param name="name">What its address starts with; a number follows.</param>
    public async Task<MailUser> AddUserAsync(string name = "user", CancellationToken cancel = default)
    {
        var user = new MailUser($"{name}{Interlocked.Increment(ref _lastUser)}@shop.example", $"pw-{Guid.NewGuid():N}");
        await RunAsync(cancel, "user", _folder, user.Address, user.Password);
        return user;
    }

    /// <summary>Ends Dovecot in order: sessions are told, then closed. Mails and UIDs stay. Returns when the port is free.</summary>
    public Task StopImapAsync(CancellationToken cancel = default) => RunAsync(cancel, "imap-stop", _folder);

    /// <summary>On the same ports, with the same mails.</summary>
    public Task StartImapAsync(CancellationToken cancel = default) => RunAsync(cancel, "imap-start", _folder);

    /// <summary>Kills Dovecot and every session at once (SIGKILL). <see cref="StartImapAsync"/> brings it back.</summary>
    public async Task KillImapAsync(CancellationToken cancel = default)
    {
        using var master = Process.GetProcessById(int.Parse(await File.ReadAllTextAsync(Path.Combine(_folder, "run", "master.pid"), cancel), CultureInfo.InvariantCulture));
        master.Kill(entireProcessTree: true);
        while (Answers(ImapPort)) await Task.Delay(20, cancel);
    }

    /// <summary>Gives a folder a new UIDVALIDITY and its mails new UIDs, as after a restored backup. Sessions that have it open are closed by the server.</summary>
    public async Task RenewUidValidityAsync(MailUser user, string folder = "INBOX", CancellationToken cancel = default)
    {
        var maildir = Delivery.Maildir(user, folder);
        // First line: 3 V<uidvalidity> N<next uid> G<guid>; then a line a mail.
        var list = Path.Combine(maildir, "dovecot-uidlist");
        var head = (await File.ReadAllLinesAsync(list, cancel))[0].Split(' ');
        var validity = long.Parse(head.First(field => field[0] == 'V').AsSpan(1), CultureInfo.InvariantCulture);
        var index = Path.Combine(_folder, "home", user.Address, "index", folder);
        foreach (var file in Directory.Exists(index) ? Directory.GetFiles(index, "dovecot.index*") : []) File.Delete(file);
        // Written into the file: a new one would belong to us, not to the server.
        await File.WriteAllTextAsync(list, $"3 V{validity + 1} N1\n", cancel);
    }

    /// <summary>doveadm ARGUMENTS on this Dovecot. Fails with what it said.</summary>
    public async Task<string> DoveadmAsync(params string[] arguments)
    {
        var done = await Command.RunAsync(["doveadm", "-c", Path.Combine(_folder, "dovecot.conf"), .. arguments], CancellationToken.None);
        return done.Succeeded ? done.Output : throw new InvalidOperationException($"doveadm {arguments[0]}: {done.LastLines(5)}");
    }

    public async ValueTask DisposeAsync()
    {
        _guardian.StandardInput.Close();
        await _guardian.WaitForExitAsync();
        _guardian.Dispose();
        Certificate.Dispose();
        await Tokens.DisposeAsync();
    }

    private static async Task RunAsync(CancellationToken cancel, params string[] arguments)
    {
        var done = await Command.RunAsync([Script, .. arguments], cancel);
        if (!done.Succeeded) throw new InvalidOperationException($"eng/mailservers.sh {arguments[0]}: {done.LastLines(8)}");
    }

    private static bool Answers(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Connect(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static string Root()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
            if (File.Exists(Path.Combine(folder, "EmailOps.sln"))) return folder;
        throw new InvalidOperationException("The mail servers are started from the checkout, and this program lies outside of it.");
    }
}
