using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace EmailOps.ServiceDefaults.Logging;

/// <summary>Changes what this process logs while it runs. It is the strongest source of the setting, and takes itself away again.</summary>
public sealed class LogLevelSwitch : ConfigurationProvider, IConfigurationSource
{
    private const string Key = "Logging:LogLevel:Default";

    public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

    /// <param name="level">Null: as the settings say.</param>
    public void Set(LogLevel? level)
    {
        if (level is { } wanted) Data[Key] = wanted.ToString();
        else Data.Remove(Key);
        OnReload();
    }
}
