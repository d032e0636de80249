// The deployment diagram. Compiled only in the aspire topology; no behaviour may live here that the embedded topology has not.
var builder = DistributedApplication.CreateBuilder(args);

// Made once and kept: in the user secrets while developing, by whoever deploys otherwise.
var postgresPassword = builder.AddParameter("postgres-password", new GenerateParameterDefault { MinLength = 32, Special = false }, secret: true, persist: true);
var apiKey = builder.AddParameter("emailops-api-key", new GenerateParameterDefault { MinLength = 40, Special = false }, secret: true, persist: true);
// 64 digits are read as 32 bytes in hexadecimal: 212 random bits seal the mailboxes' passwords, with the same key in every process.
var secretsKey = builder.AddParameter("secrets-key", new GenerateParameterDefault { MinLength = 64, Lower = false, Upper = false, Special = false }, secret: true, persist: true);
var chatModelName = builder.Configuration["Parameters:chat-model"] ?? "llama3.2:3b";
var embeddingModelName = builder.Configuration["Parameters:embedding-model"] ?? "nomic-embed-text";
var chatModel = builder.AddParameter("chat-model", chatModelName, publishValueAsDefault: true);
var embeddingModel = builder.AddParameter("embedding-model", embeddingModelName, publishValueAsDefault: true);

// pg17: the integration derives the data path from the tag, and only this one matches the image. Each process may hold 50 connections; 100 are PostgreSQL's own default.
var database = builder.AddPostgres("postgres", password: postgresPassword)
    .WithImage("pgvector/pgvector", "pg17")
    .WithArgs("-c", "max_connections=300")
    .WithDataVolume("emailops-postgres")
    .AddDatabase("emailops");
var redis = builder.AddRedis("redis").WithDataVolume("emailops-redis");
// Loading a model takes longer than most answers: it stays for half an hour.
var ollama = builder.AddOllama("ollama").WithEnvironment("OLLAMA_KEEP_ALIVE", "30m").WithDataVolume("emailops-ollama");
var chat = ollama.AddModel("chat", chatModelName);
var embeddings = ollama.AddModel("embeddings", embeddingModelName);

// Fixed ports while developing; where it is deployed, the platform has its own.
int? apiPort = builder.ExecutionContext.IsRunMode ? 8000 : null;
int? webPort = builder.ExecutionContext.IsRunMode ? 8501 : null;

// Models are not waited for: they are downloaded for minutes, and triage judges without them. GenAI instrumentation would record prompts, and prompts hold mail.
var api = builder.AddProject<Projects.EmailOps_Api>("api")
    .WithHttpEndpoint(port: apiPort, name: "http")
    .WithReference(database).WaitFor(database)
    .WithReference(redis).WaitFor(redis)
    .WithReference(chat).WithReference(embeddings)
    .WithEnvironment("OLLAMA_MODEL", chatModel).WithEnvironment("OLLAMA_EMBEDDING_MODEL", embeddingModel)
    .WithEnvironment("EMAILOPS_API_KEY", apiKey)
    .WithEnvironment("SECRETS_KEY", secretsKey)
    .WithEnvironment("LOG_FILE_ENABLED", "false")
    .WithEnvironment("OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT", "false")
    .WithHttpHealthCheck("/health")
    .WithExternalHttpEndpoints();

// After the Api, which brings the schema up to date; where it starts first all the same, the two wait for each other at the migrator's lock.
var worker = builder.AddProject<Projects.EmailOps_Worker>("worker")
    .WithHttpEndpoint(name: "http")
    .WithReference(database).WaitFor(database)
    .WithReference(redis).WaitFor(redis)
    .WithReference(chat).WithReference(embeddings)
    .WaitFor(api)
    .WithEnvironment("OLLAMA_MODEL", chatModel).WithEnvironment("OLLAMA_EMBEDDING_MODEL", embeddingModel)
    .WithEnvironment("SECRETS_KEY", secretsKey)
    .WithEnvironment("LOG_FILE_ENABLED", "false")
    .WithEnvironment("OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT", "false")
    .WithReplicas(2)
    .WithHttpHealthCheck("/health");

var web = builder.AddProject<Projects.EmailOps_Web>("web")
    .WithHttpEndpoint(port: webPort, name: "http")
    .WithReference(api).WaitFor(api)
    .WithEnvironment("EMAILOPS_API_KEY", apiKey)
    .WithEnvironment("LOG_FILE_ENABLED", "false")
    .WithHttpHealthCheck("/health")
    .WithExternalHttpEndpoints();
// Where links lead: the sign-in link that its log shows, and those to escalations in chats and mails.
web.WithEnvironment("WEB_PUBLIC_URL", web.GetEndpoint("http"));
api.WithEnvironment("WEB_PUBLIC_URL", web.GetEndpoint("http"));
worker.WithEnvironment("WEB_PUBLIC_URL", web.GetEndpoint("http"));

// Each is a call to the Api that the command line makes as well, and the console all but the last.
(string Path, string Title, string Icon, string? Question)[] commands =
[
    ("/process/trigger", "Process now", "Play", null),
    ("/automation/pause", "Pause automatic answers", "Pause", "Hold every automatic answer until somebody resumes?"),
    ("/automation/resume", "Resume automatic answers", "PlayCircle", null),
    ("/workers/drain", "Drain workers", "ArrowCircleDown", "Have workers finish what they hold and claim nothing more until somebody resumes?"),
    ("/workers/resume", "Resume workers", "ArrowCircleUp", null),
    ("/admin/clear-cache", "Clear cache", "Broom", null),
    ("/admin/samples", "Load sample mail", "MailInbox", null),
];
foreach (var (path, title, icon, question) in commands)
{
    api.WithHttpCommand(path, title, commandOptions: new HttpCommandOptions
    {
        Method = HttpMethod.Post,
        IconName = icon,
        ConfirmationMessage = question,
        PrepareRequest = async command =>
        {
            command.Request.Headers.Add("X-Api-Key", await apiKey.Resource.GetValueAsync(command.CancellationToken));
            command.Request.Headers.Add("X-Operator", "Aspire dashboard");
        },
    });
}

// A mail server to try it with, while developing only: any mail program may send to support@emailops.example here and read what comes back.
if (builder.ExecutionContext.IsRunMode)
{
    var mail = builder.AddContainer("mail", "greenmail/standalone", "2.1.8")
        .WithEnvironment("GREENMAIL_OPTS", "-Dgreenmail.setup.test.smtp -Dgreenmail.setup.test.imap -Dgreenmail.hostname=0.0.0.0 -Dgreenmail.users=support:development@emailops.example")
        .WithEndpoint(targetPort: 3025, scheme: "smtp", name: "smtp")
        .WithEndpoint(targetPort: 3143, scheme: "imap", name: "imap");
    var (smtp, imap) = (mail.GetEndpoint("smtp"), mail.GetEndpoint("imap"));
    worker.WaitFor(mail)
        .WithEnvironment("EMAIL_ADDRESS", "support@emailops.example")
        .WithEnvironment("EMAIL_USERNAME", "support")
        .WithEnvironment("EMAIL_PASSWORD", "development")
        .WithEnvironment("EMAIL_IMAP_HOST", ReferenceExpression.Create($"{imap.Property(EndpointProperty.Host)}"))
        .WithEnvironment("EMAIL_IMAP_PORT", ReferenceExpression.Create($"{imap.Property(EndpointProperty.Port)}"))
        .WithEnvironment("EMAIL_IMAP_SECURITY", "None")
        .WithEnvironment("EMAIL_SMTP_HOST", ReferenceExpression.Create($"{smtp.Property(EndpointProperty.Host)}"))
        .WithEnvironment("EMAIL_SMTP_PORT", ReferenceExpression.Create($"{smtp.Property(EndpointProperty.Port)}"))
        .WithEnvironment("EMAIL_SMTP_SECURITY", "None");
}

builder.Build().Run();
