using EmailOps.Core.Contracts;
using EmailOps.Core.Messages;
using EmailOps.Mail.Automated;
using Npgsql;
using NpgsqlTypes;

namespace EmailOps.Core.Data;

/// <summary>
/// Finds or opens the thread of each message of one intake batch: by what we signed, then by Message-ID, then by subject, in whatever order messages
/// arrive. <see cref="ThreadRules"/> say who may join: a stranger who quotes somebody's Message-ID gets a thread of his own, even when he is the
/// first to name it, and people see which thread he named.
/// </summary>
internal sealed class IntakeThreads
{
    private const int MaxParticipants = 100;
    /// <summary>Threads that may name one Message-ID. Guards against a sender that puts the same id into every mail.</summary>
    private const int MaxClaims = 20;
    private readonly List<(string Id, ThreadState Thread)> _newReferences = [];
    private readonly List<ThreadState> _opened = [];
    private readonly HashSet<ThreadState> _grown = [];
    private readonly long _mailboxId;
    private readonly string _ownAddress;
    private readonly IReadOnlyCollection<string> _trustedServers;
    private readonly ThreadCandidates _candidates;

    private IntakeThreads(long mailboxId, string ownAddress, IReadOnlyCollection<string> trustedServers, ThreadCandidates candidates)
        => (_mailboxId, _ownAddress, _trustedServers, _candidates) = (mailboxId, ownAddress, trustedServers, candidates);

    /// <summary>Loads the threads that any message of the batch may join.</summary>
    public static async Task<IntakeThreads> LoadAsync(NpgsqlConnection connection, long mailboxId, IReadOnlyList<ParsedMail> mails, ReplyMarks marks, DateTimeOffset now, CancellationToken cancel)
    {
        var (address, settings) = (await Sql.QueryAsync(connection, "select address, settings from mailbox where id = $1", [mailboxId],
            r => (r.GetString(0), r.IsDBNull(1) ? null : Sql.FromJson<MailboxSettings>(r.GetString(1))), cancel)).FirstOrDefault();
        return new IntakeThreads(mailboxId, address ?? "", settings?.TrustedAuthServers ?? [], await ThreadCandidates.LoadAsync(connection, mailboxId, mails, marks, now, cancel));
    }

    /// <summary>Places a message; call once for each, in order.</summary>
    public Placement Place(ParsedMail mail, DateTimeOffset receivedAt)
    {
        // What was carried in by hand has headers that whoever carried it chose.
        var sender = mail.Mail.Place is null ? SenderFinding.Unchecked : SenderCheck.Judge(mail, _trustedServers);
        var reportedOn = sender.Trust == SenderTrust.Failed ? null : ReportedOn(mail);
        ThreadState? related = null;
        var thread = reportedOn?.Thread ?? Find(mail, receivedAt, sender.Trust, out related);
        if (thread is null)
        {
            thread = new ThreadState(0, mail.Subject, [], 0, receivedAt);
            _opened.Add(thread);
        }
        else
        {
            related = null;
            if (thread.Id != 0) _grown.Add(thread);
        }

        // Whom a mail of doubtful origin copies does not belong to the thread by that, nor does the machine that reports on it.
        if (reportedOn is null && (thread.Count == 0 || sender.Trust is SenderTrust.Verified or SenderTrust.Unchecked))
            foreach (var person in mail.To.Concat(mail.Cc).Prepend(mail.From))
                if (thread.Participants.Count < MaxParticipants && person.Address.Length > 0) thread.Participants.Add(person.Address);
        foreach (var id in ThreadCandidates.Ids(mail))
        {
            var claims = _candidates.Claims(id);
            if (claims.Count >= MaxClaims || claims.Contains(thread) || _candidates.Marked(id) is not null) continue;
            claims.Add(thread);
            _newReferences.Add((id, thread));
        }
        if (reportedOn is null) _candidates.Placed(mail.From.Address, thread);
        if (receivedAt > thread.Last) thread.Last = receivedAt;
        return new Placement(thread, thread.Count++, sender, related, reportedOn);
    }

    private ThreadState? Find(ParsedMail mail, DateTimeOffset receivedAt, SenderTrust trust, out ThreadState? related)
    {
        related = null;
        var from = mail.From.Address;
        foreach (var id in ThreadCandidates.MarkedIds(mail))
        {
            if (_candidates.Marked(id) is not { } reply) continue;
            if (MayJoin(reply.Thread, ThreadProof.Mark, reply.Recipient)) return reply.Thread;
            related ??= reply.Thread;
        }
        foreach (var address in ThreadCandidates.Addresses(mail))
        {
            if (_candidates.Addressed(address) is not { } addressed) continue;
            if (MayJoin(addressed, ThreadProof.Mark, null)) return addressed;
            related ??= addressed;
        }
        foreach (var id in ThreadCandidates.Ids(mail))
        {
            var claims = _candidates.Claims(id);
            if (claims.Find(t => MayJoin(t, ThreadProof.Reference, null)) is { } claimed) return claimed;
            // Others may have used the same id for their own mail: only what it refers to is named.
            if (id != mail.InternetMessageId) related ??= claims.FirstOrDefault();
        }
        if (related is not null || !ThreadCandidates.AsksBySubject(mail) || ThreadSubject.Key(mail.Subject) is not { } key) return null;
        return _candidates.Alike(from, key, receivedAt) is { } alike && MayJoin(alike, ThreadProof.Subject, null) ? alike : null;

        bool MayJoin(ThreadState thread, ThreadProof proof, string? recipient) => ThreadRules.MayJoin(from, trust, proof, thread.Participants, recipient, _ownAddress);
    }

    /// <summary>The reply a report is about: only with our signature, and only when it speaks of the reply's own recipient, so that nobody undoes what he was not sent.</summary>
    private MarkedReply? ReportedOn(ParsedMail mail)
    {
        if (mail.Report is not { } report) return null;
        foreach (var id in ThreadCandidates.MarkedIds(mail))
        {
            if (_candidates.Marked(id) is not { } reply) continue;
            if (report.Recipients.Any(r => ThreadRules.Same(r, reply.Recipient))) return reply;
            // Complaints hide who complains (RFC 5965, 3.2); a receipt comes from the recipient itself.
            if (mail.Automated == AutomatedKind.FeedbackReport && report.Recipients.Count == 0) return reply;
            if (mail.Automated == AutomatedKind.ReadReceipt && ThreadRules.Same(mail.From.Address, reply.Recipient)) return reply;
        }
        return null;
    }

    public async Task SaveAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        if (_opened.Count > 0)
        {
            var ids = await Sql.TakeIdsAsync(connection, "message_thread", _opened.Count, cancel);
            await using var copy = await connection.BeginBinaryImportAsync("copy message_thread (id, mailbox_id, subject, participants, message_count, last_message_at) from stdin binary", cancel);
            for (var i = 0; i < _opened.Count; i++)
            {
                var thread = _opened[i];
                thread.Id = ids[i];
                await copy.StartRowAsync(cancel);
                await copy.WriteAsync(thread.Id, NpgsqlDbType.Bigint, cancel);
                await copy.WriteAsync(_mailboxId, NpgsqlDbType.Bigint, cancel);
                await copy.WriteAsync(thread.Subject, NpgsqlDbType.Text, cancel);
                await copy.WriteAsync(Participants(thread), NpgsqlDbType.Array | NpgsqlDbType.Text, cancel);
                await copy.WriteAsync(thread.Count, NpgsqlDbType.Integer, cancel);
                await copy.WriteAsync(thread.Last, NpgsqlDbType.TimestampTz, cancel);
            }
            await copy.CompleteAsync(cancel);
        }
        if (_grown.Count > 0)
        {
            await using var batch = new NpgsqlBatch(connection);
            foreach (var thread in _grown)
            {
                batch.BatchCommands.Add(new NpgsqlBatchCommand("update message_thread set message_count = $2, participants = $3, last_message_at = $4 where id = $1")
                {
                    Parameters = { new() { Value = thread.Id }, new() { Value = thread.Count }, new() { Value = Participants(thread) }, new() { Value = thread.Last } },
                });
            }
            await batch.ExecuteNonQueryAsync(cancel);
        }
        if (_newReferences.Count > 0)
        {
            await using var copy = await connection.BeginBinaryImportAsync("copy thread_reference (mailbox_id, internet_message_id, thread_id) from stdin binary", cancel);
            foreach (var (id, thread) in _newReferences)
            {
                await copy.StartRowAsync(cancel);
                await copy.WriteAsync(_mailboxId, NpgsqlDbType.Bigint, cancel);
                await copy.WriteAsync(id, NpgsqlDbType.Text, cancel);
                await copy.WriteAsync(thread.Id, NpgsqlDbType.Bigint, cancel);
            }
            await copy.CompleteAsync(cancel);
        }
    }

    private static string[] Participants(ThreadState thread) => [.. thread.Participants];
}
