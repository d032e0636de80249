using EmailOps.ServiceDefaults.Settings;
using Microsoft.Extensions.Configuration;

namespace EmailOps.Tests.ServiceDefaults;

public sealed class SettingsSourceTests : IDisposable
{
    private readonly string _state = Directory.CreateTempSubdirectory("emailops-settings").FullName;

    [Fact]
    public void A_short_name_sets_the_key_that_the_program_reads() =>
        Assert.Equal("25", Read("BATCH_SIZE=25")["Work:BatchSize"]);

    [Fact]
    public void The_full_name_in_the_file_is_a_key_too() =>
        Assert.Equal("7", Read("Work__BatchSize=7")["Work:BatchSize"]);

    [Fact]
    public void What_is_given_at_the_start_wins_over_the_file() =>
        Assert.Equal("2", Read("BATCH_SIZE=25", ("BATCH_SIZE", "2"))["Work:BatchSize"]);

    [Theory]
    [InlineData("WARNING", "Warning")]
    [InlineData("info", "Information")]
    public void Levels_have_the_names_that_operators_know(string given, string stored) =>
        Assert.Equal(stored, Read($"LOG_LEVEL={given}")["Logging:LogLevel:Default"]);

    [Theory]
    [InlineData("BATCH_SIZE=many", "BATCH_SIZE", "a whole number from 1 to 5000")]
    [InlineData("BATCH_SIZE=0", "BATCH_SIZE", "a whole number from 1 to 5000")]
    [InlineData("WEB_PORT=70000", "WEB_PORT", "65535")]
    [InlineData("LOG_LEVEL=loud", "LOG_LEVEL", "DEBUG, INFO, WARNING or ERROR")]
    [InlineData("LOG_FILE_ENABLED=maybe", "LOG_FILE_ENABLED", "true or false")]
    [InlineData("DATABASE_SHARED_BUFFERS=lots", "DATABASE_SHARED_BUFFERS", "256MB")]
    [InlineData("ALERT_WEBHOOK_URL=example", "ALERT_WEBHOOK_URL", "http")]
    [InlineData("INDEX_DB_URL=sqlite:////data/emailops.db", "INDEX_DB_URL", "postgres://")]
    [InlineData("INDEX_DB_URL=postgres://h/d\nDATABASE_POOL_MIN=9\nDATABASE_POOL_MAX=3", "DATABASE_POOL_MIN", "DATABASE_POOL_MAX")]
    public void A_bad_value_fails_and_says_which_and_what_would_do(string file, string name, string allowed)
    {
        var failure = Assert.Throws<InvalidSettingException>(() => Read(file));

        Assert.Equal(name, failure.Name);
        Assert.Contains(allowed, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_database_address_becomes_a_connection_string_with_the_pool()
    {
        var text = Read("INDEX_DB_URL=postgres://ops:p%40ss@db.example:6000/mail?sslmode=require\nDATABASE_POOL_SIZE=20\nDATABASE_MAX_OVERFLOW=30\nDATABASE_POOL_RECYCLE=3600\nDATABASE_POOL_PRE_PING=yes")
            ["ConnectionStrings:emailops"];

        var database = new Npgsql.NpgsqlConnectionStringBuilder(text);
        Assert.Equal(("db.example", 6000, "ops", "p@ss", "mail"), (database.Host, database.Port, database.Username, database.Password, database.Database));
        Assert.Equal((Npgsql.SslMode.Require, 50, 3600, 30), (database.SslMode, database.MaxPoolSize, database.ConnectionLifetime, database.KeepAlive));
    }

    [Fact]
    public void Both_pool_vocabularies_are_understood()
    {
        var database = new Npgsql.NpgsqlConnectionStringBuilder(Read("INDEX_DB_URL=postgres://h/d\nDATABASE_POOL_MIN=10\nDATABASE_POOL_MAX=50\nDATABASE_COMMAND_TIMEOUT=60")["ConnectionStrings:emailops"]);

        Assert.Equal((10, 50, 60), (database.MinPoolSize, database.MaxPoolSize, database.CommandTimeout));
    }

    [Fact]
    public void The_example_file_names_every_setting_and_sets_none()
    {
        var path = Path.Combine(Checkout.Root, ".env.example");
        var text = File.ReadAllText(path);

        Assert.Empty(EnvFile.Parse(text, path));
        Assert.Empty(SettingNames.All.Where(setting => !text.Contains($"\n#{setting.Name}=", StringComparison.Ordinal)).Select(setting => setting.Name));
    }

    [Fact]
    public void The_examples_in_the_example_file_are_all_allowed()
    {
        var lines = File.ReadAllLines(Path.Combine(Checkout.Root, ".env.example")).Where(line => line.StartsWith('#') && line.Length > 1 && char.IsUpper(line[1]) && line.Contains('=', StringComparison.Ordinal));

        var settings = EnvFile.Parse(string.Join('\n', lines.Select(line => line[1..])), ".env.example");

        foreach (var setting in SettingNames.All)
            Assert.True(setting.Name == "INDEX_DB_URL" || settings[setting.Name].Length == 0 || SettingsSource.Checked(setting, settings[setting.Name]) is not null, setting.Name);
    }

    public void Dispose() => Directory.Delete(_state, recursive: true);

    private ConfigurationManager Read(string file, params (string Name, string Value)[] given)
    {
        File.WriteAllText(Path.Combine(_state, ".env"), file);
        var configuration = new ConfigurationManager();
        configuration.AddInMemoryCollection(given.Select(pair => new KeyValuePair<string, string?>(pair.Name, pair.Value))
            .Append(new("STATE_DIR", _state)).Append(new("EMAILOPS_ENV_FILE", "state")));
        configuration.AddSettings();
        return configuration;
    }
}
