namespace EmailOps.Web;

/// <summary>Builds the Web process; its own Program and the embedded AppHost both call it.</summary>
public static class WebHost
{
    public static WebApplication Create(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        return builder.Build();
    }
}
