using EmailOps.ServiceDefaults.Logging;

namespace EmailOps.Tests.ServiceDefaults;

public sealed class RollingFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("emailops-log").FullName;
    private readonly FixedTime _time = new(new DateTimeOffset(2026, 11, 21, 23, 59, 0, TimeSpan.Zero));

    private string Log => Path.Combine(_folder, "logs", "app.log");

    [Fact]
    public async Task At_midnight_the_file_is_renamed_by_its_day_and_a_new_one_begins()
    {
        await WriteAsync("evening");
        File.SetLastWriteTimeUtc(Log, _time.Now.UtcDateTime);
        _time.Now += TimeSpan.FromMinutes(2);
        await WriteAsync("morning");

        Assert.Equal("morning\n", await File.ReadAllTextAsync(Log));
        Assert.Equal("evening\n", await File.ReadAllTextAsync($"{Log}.2026-11-21"));
    }

    [Fact]
    public async Task A_restart_on_the_same_day_goes_on_in_the_same_file()
    {
        await WriteAsync("one");
        File.SetLastWriteTimeUtc(Log, _time.Now.UtcDateTime);
        await WriteAsync("two");

        Assert.Equal("one\ntwo\n", await File.ReadAllTextAsync(Log));
    }

    [Fact]
    public async Task Files_older_than_a_week_go_and_others_stay()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Log)!);
        foreach (var name in (string[])["app.log.2026-11-13", "app.log.2026-11-14", "app.log.old", "other.log.2020-01-01"])
            await File.WriteAllTextAsync(Path.Combine(_folder, "logs", name), "");

        await WriteAsync("today");

        Assert.Equal(["app.log", "app.log.2026-11-14", "app.log.old", "other.log.2020-01-01"],
            Directory.EnumerateFiles(Path.GetDirectoryName(Log)!).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_file_that_cannot_be_written_stops_nobody()
    {
        // A file stands where the folder should be.
        await File.WriteAllTextAsync(Path.Combine(_folder, "logs"), "");

        await WriteAsync("lost");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task WriteAsync(string line)
    {
        await using var file = new RollingFile(Log, _time);
        file.Write(line);
    }
}
