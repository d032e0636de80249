using System.Runtime.CompilerServices;

namespace EmailOps.Tests.LanguageModels;

internal static class NoRealModels
{
    /// <summary>Whoever runs these tests may have an Ollama: no test and no process that one starts may find it.</summary>
    [ModuleInitializer]
    internal static void Hide()
    {
        foreach (var name in Environment.GetEnvironmentVariables().Keys.Cast<string>().Where(n => n.StartsWith("OLLAMA_", StringComparison.OrdinalIgnoreCase) || n.StartsWith("OPENAI_", StringComparison.OrdinalIgnoreCase) || n.StartsWith("LanguageModels__", StringComparison.OrdinalIgnoreCase)).ToList())
            Environment.SetEnvironmentVariable(name, null);
        Environment.SetEnvironmentVariable("LanguageModels__FindLocal", "false");
    }
}
