// The deployment diagram. Compiled only in the aspire topology; no behaviour may live here that the embedded topology has not.
var builder = DistributedApplication.CreateBuilder(args);

var postgresPassword = builder.AddParameter("postgres-password", secret: true);
var apiKey = builder.AddParameter("emailops-api-key", new GenerateParameterDefault { MinLength = 40, Special = false }, secret: true, persist: true);
var chatModel = builder.Configuration["Models:Chat"] ?? "llama3.2:3b";
var embeddingModel = builder.Configuration["Models:Embedding"] ?? "nomic-embed-text";

// pg17: the integration derives the data path from the tag, and only this one matches the image.
var database = builder.AddPostgres("postgres", password: postgresPassword)
    .WithImage("pgvector/pgvector", "pg17")
    .WithDataVolume("emailops-postgres")
    .AddDatabase("emailops");
var redis = builder.AddRedis("redis").WithDataVolume("emailops-redis");
var ollama = builder.AddOllama("ollama").WithDataVolume("emailops-ollama");
var chat = ollama.AddModel("chat", chatModel);
var embeddings = ollama.AddModel("embeddings", embeddingModel);

// GenAI instrumentation would record prompts, and prompts hold mail.
var api = builder.AddProject<Projects.EmailOps_Api>("api")
    .WithHttpEndpoint(port: 8000, name: "http")
    .WithReference(database).WaitFor(database)
    .WithReference(redis).WaitFor(redis)
    .WithReference(chat).WithReference(embeddings)
    .WithEnvironment("EMAILOPS_API_KEY", apiKey)
    .WithEnvironment("OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT", "false")
    .WithHttpHealthCheck("/health")
    .WithExternalHttpEndpoints();
api.WithHttpCommand("/process/trigger", "Process now", commandOptions: new()
{
    Method = HttpMethod.Post,
    IconName = "Play",
    PrepareRequest = async command => command.Request.Headers.Add("X-Api-Key", await ((IValueProvider)apiKey.Resource).GetValueAsync(command.CancellationToken)),
});

builder.AddProject<Projects.EmailOps_Worker>("worker")
    .WithHttpEndpoint(name: "http")
    .WithReference(database).WaitFor(database)
    .WithReference(redis).WaitFor(redis)
    .WithReference(chat).WithReference(embeddings)
    .WithEnvironment("OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT", "false")
    .WithReplicas(2)
    .WithHttpHealthCheck("/health");

builder.AddProject<Projects.EmailOps_Web>("web")
    .WithHttpEndpoint(port: 8501, name: "http")
    .WithReference(api).WaitFor(api)
    .WithEnvironment("EMAILOPS_API_KEY", apiKey)
    .WithHttpHealthCheck("/health")
    .WithExternalHttpEndpoints();

builder.Build().Run();
