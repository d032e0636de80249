using EmailOps.Core.Data;
using EmailOps.Core.Mailboxes;
using EmailOps.Core.Triage;
using EmailOps.Mail.Containers;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace EmailOps.Worker.Setup;

/// <summary>What a new installation begins with; bound to the section <c>Samples</c>.</summary>
internal sealed class SamplesOptions
{
    public const string Section = "Samples";

    /// <summary>Load the sample mailbox when there is no mailbox yet.</summary>
    public bool Load { get; set; }
    /// <summary>Address of the mailbox that is made when there is none.</summary>
    public string Address { get; set; } = "support@nordlicht-outfitters.example";
    public string Name { get; set; } = "Nordlicht Outfitters support";
}

/// <summary>Makes the first mailbox, and fills it with the samples where that is asked for. Only ever on an empty installation.</summary>
internal sealed class SamplesAtStart(IDbContextFactory<EmailOpsDb> databases, Importer importer, IOptions<SamplesOptions> options, TimeProvider clock, ILogger<SamplesAtStart> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (await FirstMailboxAsync(stoppingToken) is not { } mailbox || !options.Value.Load) return;
        var folder = Path.Combine(TriageOptions.SamplesFolder, "mailbox");
        using var container = MailContainer.Open(folder, importer.Limits);
        var run = await importer.RunAsync(container, "Sample mailbox", mailbox, null, stoppingToken);
        SetupLog.SamplesLoaded(log, run.Stored, run.Duplicates, run.Unparsable + run.Refused);
    }

    /// <returns>The id of the mailbox made now; null when there was one already.</returns>
    private async Task<long?> FirstMailboxAsync(CancellationToken cancel)
    {
        await using var db = await databases.CreateDbContextAsync(cancel);
        if (await db.Mailboxes.AnyAsync(cancel)) return null;
        var mailbox = new Mailbox { Address = options.Value.Address.ToLowerInvariant(), Name = options.Value.Name, CreatedAt = clock.GetUtcNow() };
        db.Mailboxes.Add(mailbox);
        try
        {
            await db.SaveChangesAsync(cancel);
        }
        catch (DbUpdateException failure) when (failure.InnerException is Npgsql.PostgresException { SqlState: "23505" })
        {
            return null; // another worker made it at the same moment
        }
        return mailbox.Id;
    }
}
