using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Core.Mailboxes;

namespace EmailOps.Worker.Setup;

/// <summary>Makes the environment's mailbox, or brings it up to date, before anything is read; lets go of those that the environment no longer names.</summary>
internal sealed class MailboxAtStart(MailboxStore mailboxes, MailboxAccess access, MailboxOptions options, ILogger<MailboxAtStart> log) : IHostedService
{
    private const string Actor = "environment";
    /// <summary>Workers that start together want the same; one more round each is enough.</summary>
    private const int MostRounds = 20;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        for (var round = 1; !await SettleAsync(cancellationToken); round++)
            if (round == MostRounds) throw new InvalidOperationException("The environment's mailbox is changed by others all the time.");
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <returns>False when somebody else wrote meanwhile.</returns>
    private async Task<bool> SettleAsync(CancellationToken cancel)
    {
        var wanted = options.IsGiven ? options.MailboxAddress : null;
        foreach (var other in (await mailboxes.ListAsync(cancel)).Where(m => m.FromEnvironment.Count > 0 && m.Address != wanted))
            if (!Settled(await mailboxes.SaveAsync(other.Id, other.Version, Actor, new SaveMailbox(other.Address, other.Name, other.Settings, IsEnabled: other.IsEnabled), cancel, fromEnvironment: []))) return false;
        if (wanted is null) return true;

        var names = EnvironmentMailbox.Names(options);
        var before = await mailboxes.FindAsync(wanted, cancel);
        var merged = EnvironmentMailbox.Merged(options, before);
        if (before is null)
        {
            if (!Settled(await mailboxes.CreateAsync(Actor, merged, cancel, names))) return false;
            SetupLog.MailboxMade(log);
            return true;
        }
        if (await HasPasswordAsync(before.Id, cancel)) merged = merged with { ImapSecret = null };
        if (merged.ImapSecret is null && merged.SmtpSecret is null && Same(before.Settings, merged.Settings) && before.FromEnvironment.SequenceEqual(names)) return true;
        if (!Settled(await mailboxes.SaveAsync(before.Id, before.Version, Actor, merged, cancel, names))) return false;
        SetupLog.MailboxChanged(log, before.Id);
        return true;
    }

    private static bool Settled(MailboxWrite write) => write.Outcome switch
    {
        WriteOutcome.Done => true,
        WriteOutcome.VersionConflict or WriteOutcome.NotFound or WriteOutcome.WrongState => false,
        _ => throw new InvalidOperationException($"Unknown outcome {write.Outcome}."),
    };

    private static bool Same(MailboxSettings one, MailboxSettings other) => one.Imap == other.Imap && one.Smtp == other.Smtp;

    private async Task<bool> HasPasswordAsync(long id, CancellationToken cancel)
    {
        try
        {
            return (await access.OpenAsync(id, cancel))?.ImapSecret == options.Password;
        }
        catch (SecretsKeyException failure)
        {
            // The environment has the password, so a lost key costs nothing here: it is sealed anew.
            SetupLog.PasswordSealedAnew(log, id, failure.Message);
            return false;
        }
    }
}
