using EmailOps.Core.LanguageModels.Routing;
using EmailOps.Core.Mailboxes;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace EmailOps.Core.Data.Redis;

/// <summary>Who serves what Redis could: decided once, by whether a connection string names one. Everything that uses it sees the same small interfaces either way.</summary>
internal static class RedisSetup
{
    public static void Add(IServiceCollection services, IConfiguration configuration)
    {
        StoreSetup.AddChecked<RedisOptions>(services, configuration, RedisOptions.Section, o => o.Problem());
        services.AddSingleton<CacheGeneration>();
        services.AddSingleton<AnswerStore>();
        services.AddSingleton<BreakerStore>();
        services.AddSingleton<TokenBuckets>();
        services.AddSingleton(s => new VectorShelf(Shelf(s, "vectors", s.GetRequiredService<CacheOptions>().MaxVectors, CachedVectors.MostInMemory)));
        services.AddSingleton(s => new TokenShelf(Shelf(s, "tokens", CachedTokens.Most, CachedTokens.Most)));
        services.AddSingleton<IVectorCache>(s => new CachedVectors(s.GetRequiredService<VectorShelf>().Shelf, s.GetRequiredService<CacheOptions>()));
        services.AddSingleton<ITokenCache>(s => new CachedTokens(s.GetRequiredService<TokenShelf>().Shelf, s.GetRequiredService<SecretBox>(), s.GetRequiredService<TimeProvider>()));
        services.AddSingleton<AccessTokens>();
        services.AddSingleton<Caches>();
        if (IsConfigured(configuration)) AddLink(services, configuration);
        else AddTwins(services);
    }

    /// <summary>Hints of this process, heard and sent; for hosts that live long.</summary>
    public static void AddHints(IServiceCollection services, IConfiguration configuration)
    {
        services.AddHostedService(s => s.GetRequiredService<WakeUps>());
        if (IsConfigured(configuration)) services.AddHostedService<RedisHints>();
    }

    private static void AddLink(IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(s =>
        {
            var options = s.GetRequiredService<RedisOptions>();
            return new RedisLink(RedisAddress.Read(configuration.GetConnectionString(RedisAddress.ConnectionName)!, options), options, s.GetRequiredService<TimeProvider>(), s.GetRequiredService<ILogger<RedisLink>>());
        });
        services.AddSingleton<IBreakerStore, RedisBreakers>();
        services.AddSingleton<IRateLimit, RedisRates>();
        services.AddSingleton<IAnswerCache>(s => new RedisAnswers(new RedisShelf(s.GetRequiredService<RedisLink>(), RedisAnswers.Kind, s.GetRequiredService<CacheOptions>().MaxAnswers),
            s.GetRequiredService<AnswerStore>(), s.GetRequiredService<CacheGeneration>(), s.GetRequiredService<CacheOptions>()));
    }

    private static void AddTwins(IServiceCollection services)
    {
        services.AddSingleton<IBreakerStore>(s => s.GetRequiredService<BreakerStore>());
        services.AddSingleton<IRateLimit>(s => s.GetRequiredService<TokenBuckets>());
        services.AddSingleton<IAnswerCache>(s => s.GetRequiredService<AnswerStore>());
    }

    private static CacheShelf Shelf(IServiceProvider services, string kind, int most, int mostInMemory) => new(kind,
        services.GetService<RedisLink>() is { } link ? new RedisShelf(link, kind, most) : null,
        new MemoryShelf(Math.Min(most, mostInMemory), services.GetRequiredService<TimeProvider>()), services.GetRequiredService<CacheGeneration>());

    private static bool IsConfigured(IConfiguration configuration) => !string.IsNullOrWhiteSpace(configuration.GetConnectionString(RedisAddress.ConnectionName));
}
