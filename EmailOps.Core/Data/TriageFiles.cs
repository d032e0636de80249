using EmailOps.Core.Triage;
using EmailOps.Core.Triage.Taxonomies;
using Microsoft.Extensions.Configuration;

namespace EmailOps.Core.Data;

/// <summary>The team's files as triage uses them: taxonomy, examples and the base model trained from them. Read at first use, once a process.</summary>
internal sealed class TriageFiles(TriageOptions options, IConfiguration configuration, TimeProvider clock)
{
    private readonly Lazy<TriageSetup> _setup = new(() => TriageSetup.Load(options.Paths(CacheFolder(configuration)), clock));

    /// <exception cref="TaxonomyException">A file of the team cannot be used; the message says which and what to change.</exception>
    public TriageSetup Setup => _setup.Value;

    /// <summary>The same with another taxonomy, for a replay.</summary>
    /// <exception cref="TaxonomyException">It cannot be used, or there are no examples of a category.</exception>
    public TriageSetup With(string taxonomyFile) => TriageSetup.Load(options.Paths(CacheFolder(configuration)) with { Taxonomy = taxonomyFile }, clock);

    /// <summary>Where trained models are kept: CACHE_DIR, else the state folder; null trains at every start.</summary>
    public static string? CacheFolder(IConfiguration configuration)
    {
        if (configuration["CACHE_DIR"] is { Length: > 0 } cache) return Path.Combine(cache, "models");
        return configuration["STATE_DIR"] is { Length: > 0 } state ? Path.Combine(state, "models") : null;
    }
}
