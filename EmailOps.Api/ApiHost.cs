namespace EmailOps.Api;

/// <summary>Builds the Api process; its own Program and the embedded AppHost both call it.</summary>
public static class ApiHost
{
    public static WebApplication Create(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        return builder.Build();
    }
}
