using EmailOps.Benchmarks.MailServers;
using EmailOps.Benchmarks.Throughput;
using EmailOps.Core.Triage;
using EmailOps.Core.Triage.Taxonomies;

namespace EmailOps.Benchmarks.Imap;

/// <summary>A Dovecot of our own with mailboxes full of generated 20 kB business mails.</summary>
internal sealed class BusinessMailbox : IAsyncDisposable
{
    private BusinessMailbox(MailServerPair servers, MailUser user, int messages) => (Servers, User, Messages) = (servers, user, messages);

    public MailServerPair Servers { get; }

    public MailUser User { get; }

    public int Messages { get; }

    /// <summary>Bytes of all mails.</summary>
    public long Bytes { get; private init; }

    public static async Task<BusinessMailbox> StartAsync(int messages, CancellationToken cancel)
    {
        if (await MailServerPair.MissingAsync(cancel) is { } missing) throw new InvalidOperationException($"No Dovecot: {missing}.");
        var servers = await MailServerPair.StartAsync(bare: true, cancel);
        try
        {
            var user = await servers.AddUserAsync("bench", cancel);
            return new BusinessMailbox(servers, user, messages) { Bytes = Fill(servers, user, messages) };
        }
        catch
        {
            await servers.DisposeAsync();
            throw;
        }
    }

    /// <summary>Puts so many mails into a user's INBOX. The same numbers give the same mails. Gives their bytes.</summary>
    public static long Fill(MailServerPair servers, MailUser user, int messages, int first = 0)
    {
        var paths = TriagePaths.Samples(TriageOptions.SamplesFolder, null);
        var texts = TrainingExamples.Load([.. Directory.EnumerateFiles(paths.Training[0], "*.csv")], TaxonomyFile.Load(paths.Taxonomy)).Items.Select(e => e.Body).ToList();
        var mails = new BusinessMail(texts, seed: 11);
        var bytes = 0L;
        servers.Delivery.Drop(user, Enumerable.Range(first, messages).Select(number =>
        {
            var mail = mails.Next(number);
            bytes += mail.Length;
            return (ReadOnlyMemory<byte>)mail;
        }));
        return bytes;
    }

    public ValueTask DisposeAsync() => Servers.DisposeAsync();
}
