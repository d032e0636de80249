using EmailOps.Core.Contracts;
using EmailOps.Core.Mailboxes;
using EmailOps.Core.Mailboxes.Checking;
using EmailOps.Core.Mailboxes.Connecting;

namespace EmailOps.Core.Data.Checks;

/// <summary>Every enabled mailbox with servers: signs in for reading and for sending as the worker will, some at a time.</summary>
internal sealed class MailboxCheck(MailboxStore mailboxes, MailboxAccess access, ConnectionTest test) : IConfigurationCheck
{
    private const int AtOnce = 8;

    public string Name => "mailboxes";

    public async Task<ValidationView> CheckAsync(CancellationToken cancel)
    {
        var used = (await mailboxes.ListAsync(cancel)).Where(m => m.IsEnabled && !m.Settings.IsBare()).ToArray();
        if (used.Length == 0) return new ValidationView(ValidationView.NotConfigured, "No enabled mailbox has a server; mail comes by import only.");
        var parts = new ValidationPart[used.Length];
        await Parallel.ForAsync(0, used.Length, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancel }, async (at, ended) => parts[at] = await PartAsync(used[at], ended));
        return new ValidationView(ValidationView.WorstOf(parts), $"{parts.Count(p => p.Status == ValidationView.Valid)} of {parts.Length} can be used.", Array.Find(parts, p => p.Fix is not null)?.Fix, parts);
    }

    private async Task<ValidationPart> PartAsync(MailboxSetup mailbox, CancellationToken cancel)
    {
        try
        {
            if (await access.OpenAsync(mailbox.Id, cancel) is not { } opened) return new(mailbox.Address, ValidationView.NotConfigured, "It was deleted meanwhile.");
            var report = await test.RunAsync(opened, cancel);
            return report.Steps.FirstOrDefault(s => !s.Ok) is { } failed
                ? new(mailbox.Address, ValidationView.Invalid, $"{failed.Service}, {failed.Step}: {failed.Detail}", failed.Fix)
                : report.Steps.FirstOrDefault(s => s.Detail.Contains(ServerCheck.RenewIt, StringComparison.Ordinal)) is { } soon ? new(mailbox.Address, ValidationView.Warning, $"{soon.Service}, {soon.Step}: {soon.Detail}", "Have whoever runs the server renew its certificate.")
                : new(mailbox.Address, ValidationView.Valid, string.Join("; ", report.Steps.GroupBy(s => s.Service).Select(g => $"{g.Key}: {g.Last().Detail}")));
        }
        catch (SecretsKeyException key)
        {
            return new(mailbox.Address, ValidationView.Invalid, key.Message, "Set SECRETS_KEY to the key these passwords were sealed with, or enter them again.");
        }
    }
}
