using EmailOps.Core.Contracts;
using EmailOps.Core.Mailboxes;
using EmailOps.Core.Triage;
using EmailOps.Mail.Containers;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace EmailOps.Core.Data;

/// <summary>The mailbox a new installation begins with; bound to the section <c>Samples</c>.</summary>
internal sealed class SamplesOptions
{
    public const string Section = "Samples";

    /// <summary>Load the sample mailbox when there is no other mailbox yet.</summary>
    public bool Load { get; set; }
    /// <summary>Address of the mailbox that is made when there is none, and that samples go into.</summary>
    public string Address { get; set; } = "support@nordlicht-outfitters.example";
    public string Name { get; set; } = "Nordlicht Outfitters support";
}

/// <summary>Mail to look at: written for this project, from people who do not exist. It goes into a mailbox of its own, which has no server, so nothing that is answered ever leaves.</summary>
internal sealed class SampleMail(IDbContextFactory<EmailOpsDb> databases, NpgsqlDataSource source, Importer importer, SamplesOptions options, TimeProvider clock)
{
    public const string Source = "Sample mailbox";

    /// <summary>Makes the mailbox where it is missing, and reads the samples into it; again is safe, copies are recognised.</summary>
    public async Task<ImportView> LoadAsync(string actor, CancellationToken cancel)
    {
        var mailbox = await MailboxAsync(cancel);
        await using (var connection = await source.OpenConnectionAsync(cancel))
            await Sql.ExecuteAsync(connection, "insert into audit_entry (at, actor, action, subject_kind, subject_id, detail) values (now(), $1, 'samples.load', 'mailbox', $2, 'Loaded the sample mail.')", [actor, mailbox.Id], cancel);
        return await LoadAsync(mailbox.Id, cancel);
    }

    public async Task<ImportView> LoadAsync(long mailboxId, CancellationToken cancel)
    {
        using var container = MailContainer.Open(Path.Combine(TriageOptions.SamplesFolder, "mailbox"), importer.Limits);
        return await importer.RunAsync(container, Source, mailboxId, null, cancel);
    }

    /// <summary>The mailbox of <see cref="SamplesOptions.Address"/>, made now if there is none.</summary>
    public async Task<Mailbox> MailboxAsync(CancellationToken cancel)
    {
        var address = options.Address.ToLowerInvariant();
        await using var db = await databases.CreateDbContextAsync(cancel);
        if (await db.Mailboxes.AsNoTracking().SingleOrDefaultAsync(m => m.Address == address, cancel) is { } known) return known;
        var made = new Mailbox { Address = address, Name = options.Name, CreatedAt = clock.GetUtcNow() };
        db.Mailboxes.Add(made);
        try
        {
            await db.SaveChangesAsync(cancel);
            return made;
        }
        catch (DbUpdateException failure) when (failure.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation })
        {
            return await MailboxAsync(cancel); // another process made it at the same moment
        }
    }
}
