using EmailOps.Mail.Net;

namespace EmailOps.Mail.Imap;

/// <summary>Sends commands and reads answers, one user at a time. After a failure of the connection, or a cancelled wait, nothing more is said.</summary>
internal sealed class ImapSession : IDisposable
{
    private const int LiteralMinus = 4096;
    private static readonly TimeSpan AfterBye = TimeSpan.FromSeconds(5);

    private readonly ImapLimits _limits;
    private long _tag;
    private long _answers;
    private bool _isBroken;
    private int _busy;

    public ImapSession(MailConnection connection, ImapLimits limits)
    {
        (Connection, _limits) = (connection, limits);
        (Reader, State) = (new ImapReader(connection, limits), new ImapState(limits));
    }

    public MailConnection Connection { get; }

    public ImapReader Reader { get; }

    public ImapState State { get; }

    public bool IsBroken => _isBroken;

    /// <summary>Taken by each operation for as long as it runs; disposing gives it back.</summary>
    public ImapSession Enter()
    {
        if (Interlocked.Exchange(ref _busy, 1) == 1)
            throw new InvalidOperationException("An IMAP client does one thing at a time; another operation is still running.");
        return this;
    }

    void IDisposable.Dispose() => Volatile.Write(ref _busy, 0);

    /// <summary>Sends one command and reads to its end.</summary>
    /// <param name="answer">Sees every untagged answer, after the state did.</param>
    /// <param name="prompt">Answers a continuation request: a line, its secrecy known from the command; null lets it pass.</param>
    /// <exception cref="ImapCommandException">Refused.</exception>
    public async Task<ImapReply> RunAsync(ImapCommand command, Action<ImapResponse>? answer, CancellationToken cancel, Func<ImapResponse, string?>? prompt = null)
    {
        var reply = await TryAsync(command, answer, cancel, prompt);
        return reply.Status == ImapStatus.Ok ? reply : throw new ImapCommandException(command.Word, reply);
    }

    /// <summary>As <see cref="RunAsync"/>, with a refusal as an answer.</summary>
    public async Task<ImapReply> TryAsync(ImapCommand command, Action<ImapResponse>? answer, CancellationToken cancel, Func<ImapResponse, string?>? prompt = null)
    {
        var tag = NextTag();
        var start = $"e{tag} ";
        foreach (var (before, bytes) in command.Literals)
        {
            if (await SendLiteralAsync(command, start + before, bytes, tag, answer, cancel) is { } early)
                return early;
            start = "";
        }
        Write(command, start + command.Tail);
        await FlushAsync(cancel);
        while (true)
        {
            var response = await ReadAsync(null, cancel);
            if (response.Tag == tag)
                return Finish(response);
            if (response.IsContinuation)
            {
                if (prompt?.Invoke(response) is { } line)
                {
                    Connection.WriteSecretLine(line);
                    await FlushAsync(cancel);
                }
            }
            else if (response.Tag == 0)
                answer?.Invoke(response);
        }
    }

    /// <summary>Sends a command without counted strings and does not wait; the answers are the caller's to read. Gives the tag.</summary>
    public async ValueTask<long> SendAsync(ImapCommand command, CancellationToken cancel)
    {
        var tag = NextTag();
        Write(command, $"e{tag} {command.Tail}");
        await FlushAsync(cancel);
        return tag;
    }

    /// <summary>The end of a command: its status line, applied to the state.</summary>
    public ImapReply Finish(ImapResponse response)
    {
        var reply = response.Reply();
        State.Apply(reply);
        return reply;
    }

    public async ValueTask<ImapResponse> ReadAsync(TimeSpan? silence, CancellationToken cancel)
    {
        ImapResponse response;
        try
        {
            ThrowIfBroken();
            response = await Reader.ReadAsync(State.Bye is null ? silence : AfterBye, cancel);
        }
        catch (Exception failure)
        {
            await BreakAsync();
            if (State.Bye is { } bye && failure is MailConnectionException { Kind: ConnectionFailure.Closed or ConnectionFailure.Timeout })
                throw new MailConnectionException(ConnectionFailure.Closed, $"The server ended the session: {bye}", failure);
            throw;
        }
        if (++_answers > _limits.MaxAnswers)
        {
            await BreakAsync();
            throw new MailConnectionException(ConnectionFailure.Protocol, $"The server sent more than {_limits.MaxAnswers} answers to one command.");
        }
        if (response.Tag == 0 && !response.IsContinuation)
            State.Apply(response);
        return response;
    }

    public async ValueTask FlushAsync(CancellationToken cancel)
    {
        try
        {
            ThrowIfBroken();
            await Connection.FlushAsync(cancel);
        }
        catch
        {
            await BreakAsync();
            throw;
        }
    }

    /// <summary>Cuts the connection: whatever the server still sends belongs to nothing.</summary>
    public ValueTask BreakAsync()
    {
        _isBroken = true;
        return Connection.DisposeAsync();
    }

    private void ThrowIfBroken()
    {
        if (_isBroken)
            throw new MailConnectionException(ConnectionFailure.Closed, State.Bye is { } bye ? $"The server ended the session: {bye}" : "The connection was given up after an earlier failure.");
    }

    private long NextTag()
    {
        _answers = 0;
        return ++_tag;
    }

    private void Write(ImapCommand command, string line)
    {
        if (command.IsSecret)
            Connection.WriteSecretLine(line, command.Word);
        else
            Connection.WriteLine(line);
    }

    /// <summary>Sends text and a counted string. Gives the command's end where the server refused it before the string was sent.</summary>
    private async ValueTask<ImapReply?> SendLiteralAsync(ImapCommand command, string before, ReadOnlyMemory<byte> bytes, long tag, Action<ImapResponse>? answer, CancellationToken cancel)
    {
        var at = State.Capabilities;
        var waits = !at.LiteralPlus && !(at.LiteralMinus && bytes.Length <= LiteralMinus);
        Write(command, $"{before}{{{bytes.Length}{(waits ? "" : "+")}}}");
        if (waits)
        {
            await FlushAsync(cancel);
            while (await ReadAsync(null, cancel) is var response && !response.IsContinuation)
            {
                if (response.Tag == tag)
                    return Finish(response);
                if (response.Tag == 0)
                    answer?.Invoke(response);
            }
        }
        try
        {
            await Connection.SendContentAsync(bytes, cancel);
        }
        catch
        {
            await BreakAsync();
            throw;
        }
        return null;
    }
}
