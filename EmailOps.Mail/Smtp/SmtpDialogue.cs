using System.Text;
using EmailOps.Mail.Net;

namespace EmailOps.Mail.Smtp;

/// <summary>Commands and answers over a connection. Every failure is a <see cref="MailConnectionException"/>.</summary>
internal sealed class SmtpDialogue(MailConnection connection, SmtpOptions options, TimeProvider time)
{
    public MailConnection Connection => connection;

    public SmtpOptions Options => options;

    /// <summary>False once the server said that it closes, or anything broke.</summary>
    public bool IsUsable { get; private set; } = true;

    public void GiveUp() => IsUsable = false;

    public async Task<SmtpReply> AskAsync(string command, TimeSpan atMost, CancellationToken cancel)
    {
        connection.WriteLine(command);
        await connection.FlushAsync(cancel);
        return await ReadAsync(atMost, cancel);
    }

    /// <summary>One answer, which must be complete in time.</summary>
    public async Task<SmtpReply> ReadAsync(TimeSpan atMost, CancellationToken cancel) => Join(await ReadLinesAsync(atMost, cancel));

    public async Task<IReadOnlyList<SmtpReplyLine>> ReadLinesAsync(TimeSpan atMost, CancellationToken cancel)
    {
        using var timeout = new CancellationTokenSource(atMost, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancel, timeout.Token);
        try
        {
            return await ReadLinesAsync(both.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            GiveUp();
            throw new MailConnectionException(ConnectionFailure.Timeout, $"{connection.Server} did not answer within {atMost.TotalSeconds:0.#} s.");
        }
    }

    /// <summary>The lines of one answer: all have the same code, and the last one has a space behind it.</summary>
    public async Task<IReadOnlyList<SmtpReplyLine>> ReadLinesAsync(CancellationToken cancel)
    {
        List<SmtpReplyLine> lines = [];
        try
        {
            while (true)
            {
                var raw = await connection.ReadLineAsync(Timeout.InfiniteTimeSpan, cancel);
                var line = SmtpReplyLine.Parse(raw.Span) ?? throw Strange("what is no SMTP answer");
                if (lines.Count > 0 && lines[0].Code != line.Code)
                    throw Strange("an answer with two codes");
                lines.Add(line);
                if (line.IsLast)
                    break;
                if (lines.Count >= options.MaxReplyLines)
                    throw Strange($"an answer of more than {options.MaxReplyLines} lines");
            }
        }
        catch
        {
            // In the middle of an answer nothing can be asked any more.
            GiveUp();
            throw;
        }
        if (lines[0].Code == 421)
            GiveUp();
        return lines;
    }

    public static SmtpReply Join(IReadOnlyList<SmtpReplyLine> lines)
    {
        var text = new StringBuilder();
        foreach (var line in lines)
        {
            if (line.Text.Length == 0 || text.Length >= SmtpReply.MaxText)
                continue;
            text.Append(text.Length == 0 ? "" : "\n").Append(line.Text);
        }
        text.Length = Math.Min(text.Length, SmtpReply.MaxText);
        return new SmtpReply(lines[0].Code, lines[0].Status, text.ToString());
    }

    /// <summary>The server answered with a code that has no meaning at this point.</summary>
    public MailConnectionException Unexpected(string command, SmtpReply reply)
    {
        GiveUp();
        return new MailConnectionException(ConnectionFailure.Protocol, $"{connection.Server} answered {command} with {reply}");
    }

    private MailConnectionException Strange(string what) => new(ConnectionFailure.Protocol, $"{connection.Server} sent {what}.");
}
