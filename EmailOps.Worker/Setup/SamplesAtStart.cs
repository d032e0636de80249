using EmailOps.Core.Data;
using EmailOps.Core.Mailboxes;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace EmailOps.Worker.Setup;

/// <summary>
/// Makes the first mailbox, and fills it with the samples where that is asked for. Only ever on an installation that has no other mailbox, and once;
/// a start that was cut short goes on at the next one, because copies are recognised.
/// </summary>
internal sealed class SamplesAtStart(IDbContextFactory<EmailOpsDb> databases, NpgsqlDataSource source, SampleMail samples, SamplesOptions options, TimeProvider clock, ILogger<SamplesAtStart> log)
    : BackgroundService
{
    private const string Loaded = "samples-loaded";

    private const int LockKey = 0x5361_6D70; // "Samp"

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await using var db = await databases.CreateDbContextAsync(stoppingToken);
            await using var turn = await db.Database.BeginTransactionAsync(stoppingToken);
            // Of several workers that start together one does it; the lock ends with the transaction, however that ends.
            if (await db.Database.SqlQuery<bool>($"select pg_try_advisory_xact_lock({LockKey}) as \"Value\"").SingleAsync(stoppingToken)) await LoadAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The next start goes on.
        }
        catch (Exception failure)
        {
            SetupLog.SamplesFailed(log, failure); // mail that comes is judged all the same
        }
    }

    private async Task LoadAsync(CancellationToken stoppingToken)
    {
        var mailboxes = await MailboxesAsync(stoppingToken);
        if (!options.Load || mailboxes is not [{ } only] || !only.Address.Equals(options.Address, StringComparison.OrdinalIgnoreCase) || await IsLoadedAsync(stoppingToken)) return;
        var run = await samples.LoadAsync(only.Id, stoppingToken);
        await using var mark = source.CreateCommand("insert into installation (key, value) values ($1, $2) on conflict do nothing");
        mark.Parameters.Add(new() { Value = Loaded });
        mark.Parameters.Add(new() { Value = clock.GetUtcNow().ToString("u", System.Globalization.CultureInfo.InvariantCulture) });
        await mark.ExecuteNonQueryAsync(stoppingToken);
        SetupLog.SamplesLoaded(log, run.Stored, run.Duplicates, run.Unparsable + run.Refused);
    }

    private async Task<List<Mailbox>> MailboxesAsync(CancellationToken cancel)
    {
        await using var db = await databases.CreateDbContextAsync(cancel);
        var known = await db.Mailboxes.AsNoTracking().OrderBy(m => m.Id).Take(2).ToListAsync(cancel);
        return known.Count > 0 ? known : [await samples.MailboxAsync(cancel)];
    }

    private async Task<bool> IsLoadedAsync(CancellationToken cancel)
    {
        await using var command = source.CreateCommand("select exists (select from installation where key = $1)");
        command.Parameters.Add(new() { Value = Loaded });
        return (bool)(await command.ExecuteScalarAsync(cancel))!;
    }
}
