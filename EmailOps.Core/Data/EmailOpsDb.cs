using System.Text;
using EmailOps.Core.Audit;
using EmailOps.Core.Delivery;
using EmailOps.Core.Drafts;
using EmailOps.Core.Knowledge;
using EmailOps.Core.Mailboxes;
using EmailOps.Core.Messages;
using EmailOps.Core.Policy;
using EmailOps.Core.Triage;
using Microsoft.EntityFrameworkCore;

namespace EmailOps.Core.Data;

/// <summary>The store for pages and single writes. The hot paths (queue, intake, triage) speak SQL in batches instead.</summary>
internal sealed class EmailOpsDb(DbContextOptions<EmailOpsDb> options) : DbContext(options)
{
    public DbSet<Mailbox> Mailboxes => Set<Mailbox>();
    public DbSet<Message> Messages => Set<Message>();
    public DbSet<RawMail> RawMails => Set<RawMail>();
    public DbSet<IntakeEntry> IntakeEntries => Set<IntakeEntry>();
    public DbSet<ImportRun> Imports => Set<ImportRun>();
    public DbSet<StoredTriage> TriageResults => Set<StoredTriage>();
    public DbSet<Correction> Corrections => Set<Correction>();
    public DbSet<Draft> Drafts => Set<Draft>();
    public DbSet<StoredDecision> Decisions => Set<StoredDecision>();
    public DbSet<OutboundMessage> Outbound => Set<OutboundMessage>();
    public DbSet<StoredArticle> Articles => Set<StoredArticle>();
    public DbSet<AuditEntry> Audit => Set<AuditEntry>();
    public DbSet<ApiKey> ApiKeys => Set<ApiKey>();
    public DbSet<StoredWork> Work => Set<StoredWork>();

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        configurationBuilder.Properties<Enum>().HaveConversion<string>();
        configurationBuilder.Properties<Work.Stage>().HaveConversion<short>();
    }

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Mailbox>().ToTable("mailbox").Property(m => m.Settings).HasColumnType("jsonb");
        modelBuilder.Entity<RawMail>().ToTable("raw_mail");
        modelBuilder.Entity<IntakeEntry>().ToTable("intake_entry");
        modelBuilder.Entity<ImportRun>().ToTable("import_run");
        modelBuilder.Entity<Correction>().ToTable("correction").HasQueryFilter(c => c.UndoneAt == null);
        modelBuilder.Entity<OutboundMessage>().ToTable("outbound_message");
        modelBuilder.Entity<StoredArticle>().ToTable("knowledge_article");
        modelBuilder.Entity<AuditEntry>().ToTable("audit_entry");
        modelBuilder.Entity<ApiKey>().ToTable("api_key");
        modelBuilder.Entity<StoredWork>().ToTable("work_item");
        modelBuilder.Entity<Message>(e =>
        {
            e.ToTable("message");
            e.Property(m => m.Recipients).HasColumnType("jsonb");
            e.Property(m => m.Attachments).HasColumnType("jsonb");
        });
        modelBuilder.Entity<StoredTriage>(e =>
        {
            e.ToTable("triage_result").HasKey(t => t.MessageId);
            e.Property(t => t.Findings).HasColumnType("jsonb");
        });
        modelBuilder.Entity<Draft>(e =>
        {
            e.ToTable("draft").Property(d => d.Version).IsConcurrencyToken();
            e.Property(d => d.Citations).HasColumnType("jsonb");
        });
        modelBuilder.Entity<StoredDecision>(e =>
        {
            e.ToTable("decision").HasKey(d => d.MessageId);
            e.Property(d => d.Reasons).HasColumnType("jsonb");
        });
        foreach (var property in modelBuilder.Model.GetEntityTypes().SelectMany(e => e.GetProperties()))
            property.SetColumnName(SnakeCase(property.Name));
    }

    private static string SnakeCase(string name)
    {
        var snake = new StringBuilder(name.Length + 8);
        for (var i = 0; i < name.Length; i++)
        {
            if (char.IsUpper(name[i]) && i > 0) snake.Append('_');
            snake.Append(char.ToLowerInvariant(name[i]));
        }
        return snake.ToString();
    }
}
