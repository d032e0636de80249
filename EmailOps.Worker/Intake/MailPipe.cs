using System.Threading.Channels;
using EmailOps.Core.Messages;

namespace EmailOps.Worker.Intake;

/// <summary>
/// From fetched to durable: while one batch is stored, the next is parsed and the one after is fetched. A batch grows as long as those before it are
/// under way and leaves as soon as there is room, so that one mail is visible at once and ten thousand cost few transactions. Memory is bounded by
/// <see cref="IntakeOptions.BatchBytes"/> a batch and five batches under way.
/// </summary>
/// <remarks>One task adds; what the store could not do is thrown to it by <see cref="AddAsync"/> or <see cref="CompleteAsync"/>.</remarks>
internal sealed class MailPipe : IAsyncDisposable
{
    private readonly Channel<(List<OfferedMail> Mails, FolderProgress? Progress)> _fetched = Channel.CreateBounded<(List<OfferedMail>, FolderProgress?)>(1);
    private readonly Channel<(ParsedMail[] Mails, FolderProgress? Progress)> _parsed = Channel.CreateBounded<(ParsedMail[], FolderProgress?)>(1);
    private readonly MailIntake _intake;
    private readonly long _mailboxId;
    private readonly Func<FolderProgress?> _progress;
    private readonly CancellationTokenSource _ended;
    private readonly Task _work;
    private List<OfferedMail> _batch = [];
    private long _bytes;

    /// <param name="progress">How far the folder is once all mails added so far are stored; asked when a batch is closed.</param>
    public MailPipe(MailIntake intake, long mailboxId, Func<FolderProgress?> progress, CancellationToken cancel)
    {
        (_intake, _mailboxId, _progress) = (intake, mailboxId, progress);
        _ended = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        _work = Task.WhenAll(Task.Run(() => ParseAsync(_ended.Token), CancellationToken.None), Task.Run(() => StoreAsync(_ended.Token), CancellationToken.None));
    }

    /// <summary>Lines of the ledger written so far.</summary>
    public int Stored { get; private set; }

    /// <summary>Waits while memory is full.</summary>
    public async ValueTask AddAsync(OfferedMail mail)
    {
        if (_batch.Count > 0 && (_batch.Count >= _intake.Options.BatchSize || _bytes + mail.Raw.Length > _intake.Options.BatchBytes)) await SendAsync();
        _batch.Add(mail);
        _bytes += mail.Raw.Length;
    }

    /// <summary>Lets what was added leave, if there is room for it.</summary>
    public void Offer()
    {
        if (_batch.Count > 0 && _fetched.Writer.TryWrite((_batch, _progress()))) (_batch, _bytes) = ([], 0);
    }

    /// <summary>Returns when all that was added is durable.</summary>
    public async Task CompleteAsync()
    {
        if (_batch.Count > 0) await SendAsync();
        _fetched.Writer.TryComplete();
        await _work;
    }

    private async Task SendAsync()
    {
        try
        {
            await _fetched.Writer.WriteAsync((_batch, _progress()), _ended.Token);
        }
        catch (Exception closed) when (closed is ChannelClosedException or OperationCanceledException)
        {
            await _work; // says why
            throw;
        }
        (_batch, _bytes) = ([], 0);
    }

    private async Task ParseAsync(CancellationToken cancel)
    {
        try
        {
            await foreach (var (mails, progress) in _fetched.Reader.ReadAllAsync(cancel)) await _parsed.Writer.WriteAsync((_intake.Parse(mails), progress), cancel);
        }
        finally
        {
            _parsed.Writer.TryComplete();
        }
    }

    private async Task StoreAsync(CancellationToken cancel)
    {
        try
        {
            await foreach (var (mails, progress) in _parsed.Reader.ReadAllAsync(cancel)) Stored += await _intake.StoreAsync(_mailboxId, mails, progress, cancel);
        }
        catch
        {
            await _ended.CancelAsync(); // nobody need parse or wait any more
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await _work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _ended.Dispose();
    }
}
