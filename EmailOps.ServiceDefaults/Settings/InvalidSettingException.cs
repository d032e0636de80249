namespace EmailOps.ServiceDefaults.Settings;

/// <summary>A setting that cannot be used. The message names it, says what is wrong and what would do; it never shows a secret's value.</summary>
public sealed class InvalidSettingException(string name, string problem, string fix) : Exception($"{name}: {problem} {fix}")
{
    /// <summary>As the operator wrote it.</summary>
    public string Name { get; } = name;
}
