using System.Text.Json;
using EmailOps.Tests.Hosts;

namespace EmailOps.Tests.Analytics;

[Collection(SampleInstallation.Name)]
public sealed class ReportCommandTests(SampleInstallation installation)
{
    private Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments) => OwnProcess.RunAsync("emailops", ["report", .. arguments], ("ConnectionStrings__emailops", installation.Store.ConnectionString));

    [Fact]
    public async Task Reports_are_lines_for_people_json_for_programs_and_a_file_for_each_month()
    {
        var path = Path.Combine(Path.GetTempPath(), $"performance-{Guid.NewGuid():N}.json");
        var answers = await Task.WhenAll(RunAsync("kpi"), RunAsync("capacity", "--days", "30"), RunAsync("patterns", "--days", "90"), RunAsync("performance", "--period", "month", "--json", "--output", path), RunAsync("performance", "--period", "decade"));
        try
        {
            Assert.Equal([0, 0, 0, 0, 2], answers.Select(a => a.Code == 1 ? 0 : a.Code)); // a busy machine may earn advice
            Assert.Contains("Availability", answers[0].Output, StringComparison.Ordinal);
            Assert.Contains("messages a day", answers[1].Output, StringComparison.Ordinal);
            Assert.Contains("messages of 90 days", answers[2].Output, StringComparison.Ordinal);
            var written = JsonDocument.Parse(await File.ReadAllTextAsync(path)).RootElement;
            Assert.True(written.GetProperty("metrics").GetProperty("total_processed").GetInt64() > 0);
            Assert.Equal(written.GetProperty("category_distribution").GetArrayLength(), JsonDocument.Parse(answers[3].Output).RootElement.GetProperty("category_distribution").GetArrayLength());
        }
        finally
        {
            File.Delete(path);
        }
    }
}
