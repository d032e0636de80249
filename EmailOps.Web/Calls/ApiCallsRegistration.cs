using System.Text;

namespace EmailOps.Web.Calls;

internal static class ApiCallsRegistration
{
    public static void AddApiCalls(this IServiceCollection services)
    {
        services.AddHttpContextAccessor();
        services.AddTransient<CallerHeaders>();
        services.AddHttpClient<ApiClient>(http =>
            {
                // A name: ServiceDefaults puts the address in its place, and asks again while the Api starts.
                http.BaseAddress = new Uri("http://api/");
                // Each call brings its own patience: an upload may take an hour, a list may not.
                http.Timeout = Timeout.InfiniteTimeSpan;
            })
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler
            {
                ConnectTimeout = TimeSpan.FromSeconds(3),
                PooledConnectionLifetime = TimeSpan.FromMinutes(5),
                AllowAutoRedirect = false,
                UseCookies = false,
                // Operators have names like Łukasz; Kestrel reads header values as UTF-8.
                RequestHeaderEncodingSelector = static (_, _) => Encoding.UTF8,
            })
            .AddHttpMessageHandler<CallerHeaders>();
    }
}
