namespace EmailOps.Worker;

/// <summary>Builds the Worker process; its own Program and the embedded AppHost both call it.</summary>
public static class WorkerHost
{
    public static WebApplication Create(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        return builder.Build();
    }
}
