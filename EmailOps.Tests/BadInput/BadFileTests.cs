using System.IO.Compression;
using System.Text;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Mail.Containers;
using EmailOps.Tests.Postgres;
using EmailOps.Tests.Store;

namespace EmailOps.Tests.BadInput;

/// <summary>Files that are not what they should be: each is kept or named in the ledger, and the rest of the batch goes on.</summary>
public sealed class BadFileTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("emailops-bad-");
    private TestStore _store = null!;

    public async Task InitializeAsync() => _store = await TestStore.CreateAsync(postgres);

    public async Task DisposeAsync()
    {
        await _store.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private string Put(string name, byte[] bytes)
    {
        var path = Path.Combine(_folder.FullName, name);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    private string Put(string name, string text) => Put(name, Encoding.UTF8.GetBytes(text));

    private async Task<ImportView> ImportAsync(string path, CancellationToken cancel = default)
    {
        var importer = _store.Get<Importer>();
        using var container = MailContainer.Open(path, importer.Limits);
        return await importer.RunAsync(container, path, _store.Mailbox, null, cancel);
    }

    private static (long Stored, long Duplicates, long Unparsable, long Refused) Counts(ImportView view) => (view.Stored, view.Duplicates, view.Unparsable, view.Refused);

    [Fact]
    public async Task A_mail_of_200_megabytes_is_kept_by_its_head_and_memory_stays_bounded()
    {
        foreach (var name in new[] { "huge1.eml", "huge2.eml" })
        {
            // Sparse: 200 MB of NUL that take no room on the disk.
            await using var file = new FileStream(Put(name, MailText.Of(id: "huge@x.example")), FileMode.Open);
            file.SetLength((200L << 20) + (name == "huge2.eml" ? 1 : 0));
        }
        Put("ordinary.eml", MailText.Of());
        var before = GC.GetTotalAllocatedBytes(precise: true);

        var view = await ImportAsync(_folder.FullName);

        // All that was allocated, not what was alive at once: two heads of 1 MB, read, parsed and sent.
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, 150L << 20);
        Assert.Equal((1, 0, 2, 0), Counts(view)); // alike in their first megabyte, and yet two mails
        Assert.Equal((200L << 20) + 1, await _store.AskAsync<long>("select max(size_bytes) from raw_mail"));
        Assert.Equal(1 << 20, await _store.AskAsync<int>("select max(octet_length(bytes)) from raw_mail where is_head"));
        Assert.Contains("over the limit", await _store.AskAsync<string>("select reason from intake_entry where outcome = 'Unparsable' limit 1"), StringComparison.Ordinal);
        Assert.Equal("Where is my parcel", await _store.AskAsync<string>("select subject from message where is_unparsable limit 1"));
    }

    [Fact]
    public async Task A_zip_of_nothing_is_refused_with_the_reason()
    {
        using (var empty = ZipFile.Open(Path.Combine(_folder.FullName, "empty.zip"), ZipArchiveMode.Create)) { }

        var view = await ImportAsync(Path.Combine(_folder.FullName, "empty.zip"));

        Assert.Equal((0, 0, 0, 1), Counts(view));
        Assert.Contains("zip is empty", await _store.AskAsync<string>("select reason from intake_entry"), StringComparison.Ordinal);
        Assert.NotNull(view.FinishedAt);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_mbox_cut_in_half_delivers_what_is_there(bool keepFirstHalf)
    {
        var mbox = string.Concat(Enumerable.Range(0, 10).Select(i => $"From ada@customer.example Mon Nov  2 08:11:53 2026\n{MailText.Of(id: $"{i}@x.example", body: $"Mail {i}").ReplaceLineEndings("\n")}\n"));
        var middle = mbox.IndexOf("Mail 5", StringComparison.Ordinal);

        var view = await ImportAsync(Put("half.mbox", keepFirstHalf ? mbox[..middle] : mbox[middle..]));

        Assert.Equal(keepFirstHalf ? (6, 0, 0, 0) : (4, 0, 1, 0), Counts(view));
        Assert.Equal(0, await _store.AskAsync<long>("select count(*) from intake_entry where raw_id is null"));
    }

    [Fact]
    public async Task What_is_in_the_way_of_a_folder_never_stops_the_rest()
    {
        Put("1-first.eml", MailText.Of(id: "1@x.example"));
        Put("2-empty.eml", "");
        Put("3-noise.eml", [.. Enumerable.Range(0, 5000).Select(i => (byte)(i * 7919 >> 3))]);
        Put("4-nul.eml", new byte[4096]);
        File.CreateSymbolicLink(Path.Combine(_folder.FullName, "5-nowhere.eml"), Path.Combine(_folder.FullName, "missing.eml"));
        File.CreateSymbolicLink(Path.Combine(_folder.FullName, "6-loop.eml"), Path.Combine(_folder.FullName, "6-loop.eml"));
        Put("7-broken.zip", "PK\u0003\u0004 and then nothing of a zip");
        Put("8-no-body.eml", "Subject: only this");
        Put("9-last.eml", MailText.Of(id: "9@x.example"));

        var view = await ImportAsync(_folder.FullName);

        Assert.NotNull(view.FinishedAt);
        Assert.Null(view.Problem);
        Assert.Equal(3, view.Stored);
        Assert.Equal(view.Stored + view.Duplicates + view.Unparsable + view.Refused, await _store.AskAsync<long>("select count(*) from intake_entry"));
        Assert.Equal(0, await _store.AskAsync<long>("select count(*) from intake_entry where reason = ''"));
        Assert.Equal(2, await _store.AskAsync<long>("select count(*) from message where internet_message_id in ('1@x.example', '9@x.example')"));
    }

    [Fact]
    public async Task An_import_stopped_half_way_and_run_again_ends_with_each_message_once()
    {
        await using var store = await TestStore.OpenAsync(_store.ConnectionString, ("Intake:BatchSize", "10"));
        foreach (var i in Enumerable.Range(0, 300)) Put($"{i:000}.eml", MailText.Of(id: $"{i}@x.example", body: $"Mail {i}"));
        var importer = store.Get<Importer>();
        using var stop = new CancellationTokenSource();
        using (var container = MailContainer.Open(_folder.FullName, importer.Limits))
        {
            var progress = new AfterSome(p => { if (p.Done >= 100) stop.Cancel(); });
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => importer.RunAsync(container, "first", _store.Mailbox, progress, stop.Token));
        }
        var half = await _store.AskAsync<long>("select count(*) from message");
        Assert.InRange(half, 100, 299);
        Assert.StartsWith("Stopped before the end", await _store.AskAsync<string>("select problem from import_run"), StringComparison.Ordinal);

        var again = await ImportAsync(_folder.FullName);

        Assert.Equal((300 - half, half), (again.Stored, again.Duplicates));
        Assert.Equal(300, await _store.AskAsync<long>("select count(*) from message"));
        Assert.Equal(300, await _store.AskAsync<long>("select count(distinct subject_id) from work_item"));
    }

    [Fact]
    public async Task The_counters_of_an_import_are_those_of_its_ledger()
    {
        foreach (var i in Enumerable.Range(0, 40)) Put($"{i:00}.eml", MailText.Of(id: $"{i % 30}@x.example", body: $"Mail {i % 30}"));
        Put("x.eml", "");

        var view = await ImportAsync(_folder.FullName);

        Assert.Equal((30, 10, 0, 1), Counts(view));
        Assert.Equal([10, 1, 30], await _store.ColumnAsync<long>($"select count(*) from intake_entry where import_id = {view.Id} group by outcome order by outcome"));
    }

    private sealed class AfterSome(Action<ImportProgress> look) : IProgress<ImportProgress>
    {
        public void Report(ImportProgress value) => look(value);
    }
}
