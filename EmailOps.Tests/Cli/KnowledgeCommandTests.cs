using System.Text.Json;
using EmailOps.Core.Contracts;
using EmailOps.Tests.Hosts;
using EmailOps.Tests.Postgres;

namespace EmailOps.Tests.Cli;

public sealed class KnowledgeCommandTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task A_folder_is_read_in_indexed_asked_and_listed()
    {
        var folder = Directory.CreateTempSubdirectory("emailops-knowledge-");
        try
        {
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "lanterns.en.md"), "# Lanterns\n\n## Cleaning\n\nClean the lantern with vinegar and a cloth.");
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "broken.md"), "---\ntitle: x");
            var database = await postgres.CreateDatabaseAsync();
            Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments) => OwnProcess.RunAsync("emailops", ["knowledge", .. arguments], ("ConnectionStrings__emailops", database), ("LanguageModels__Enabled", "false"));

            var imported = await RunAsync("import", folder.FullName, "--json");
            Assert.True(imported.Code == 1, imported.Error + imported.Output);
            var read = JsonSerializer.Deserialize<KnowledgeImportView>(imported.Output, ContractJson.Options)!;
            Assert.Equal(1, read.Added);
            Assert.Contains("never closed", Assert.Single(read.Problems).Problem, StringComparison.Ordinal);

            Assert.Equal(0, (await RunAsync("reindex")).Code);
            var found = await RunAsync("search", "how do I clean my lantren", "--json");
            Assert.Equal(0, found.Code);
            Assert.Equal("Lanterns", JsonSerializer.Deserialize<KnowledgeAnswer>(found.Output, ContractJson.Options)!.Hits[0].Article);
            var unknown = await RunAsync("search", "who painted the ceiling of the chapel");
            Assert.Equal(1, unknown.Code);
            Assert.Contains("We don't know", unknown.Output, StringComparison.Ordinal);
            Assert.Contains("1 articles in 1 passages, all indexed", (await RunAsync("list")).Output, StringComparison.Ordinal);
            Assert.Equal(2, (await RunAsync("import", Path.Combine(folder.FullName, "none"))).Code);
            Assert.Contains("Examples:", (await RunAsync("--help")).Output, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
