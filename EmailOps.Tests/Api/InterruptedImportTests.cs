using EmailOps.Core.Contracts;
using EmailOps.Tests.Hosts;

namespace EmailOps.Tests.Api;

public sealed class InterruptedImportTests(ApiInstallation installation) : IClassFixture<ApiInstallation>
{
    [Fact]
    public async Task An_import_whose_process_was_killed_says_so_and_one_under_way_does_not()
    {
        await installation.Store.ExecuteAsync("""
            insert into import_run (mailbox_id, source, started_at, progress_at)
            values (1, 'killed', now() - interval '1 hour', now() - interval '11 minutes'), (1, 'going on', now() - interval '1 hour', now() - interval '1 minute')
            """);

        var runs = await installation.Caller.GetAsync<ImportView[]>(Routes.Imports);

        Assert.Contains("cut short", runs.Single(r => r.Source == "killed").Problem, StringComparison.Ordinal);
        Assert.Null(runs.Single(r => r.Source == "going on").Problem);
    }
}
