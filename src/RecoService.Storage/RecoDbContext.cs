using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using RecoService.Storage.Columns;
using RecoService.Storage.Entities;

namespace RecoService.Storage;

/// <summary>
/// The tables that are read and written row by row. Interactions and ratings are in the model for the sake of migrations alone: they are appended, merged and
/// loaded by the hundred thousand, in SQL. Times are UTC Unix milliseconds on both providers, for SQLite cannot order by a DateTimeOffset.
/// </summary>
internal abstract class RecoDbContext(DbContextOptions options) : DbContext(options)
{
    public DbSet<UserRow> Users => Set<UserRow>();

    public DbSet<ItemRow> Items => Set<ItemRow>();

    public DbSet<TombstoneRow> Tombstones => Set<TombstoneRow>();

    public DbSet<ModelRunRow> ModelRuns => Set<ModelRunRow>();

    public DbSet<LeaseRow> Leases => Set<LeaseRow>();

    public DbSet<ModelRow> Models => Set<ModelRow>();

    public DbSet<ModelChunkRow> ModelChunks => Set<ModelChunkRow>();

    public DbSet<PublicationRow> Publications => Set<PublicationRow>();

    public DbSet<ImpressionRow> Impressions => Set<ImpressionRow>();

    public DbSet<ApiKeyRow> ApiKeys => Set<ApiKeyRow>();

    public DbSet<AuditHeadRow> AuditHead => Set<AuditHeadRow>();

    public DbSet<ErasureRow> Erasures => Set<ErasureRow>();

    protected override void ConfigureConventions(ModelConfigurationBuilder configuration)
    {
        configuration.Properties<DateTimeOffset>().HaveConversion<UnixMilliseconds>();
    }

    protected override void OnModelCreating(ModelBuilder model)
    {
        model.Entity<UserRow>().ToTable("users").HasKey(row => row.Key);
        model.Entity<ItemRow>().ToTable("items").Ignore(row => row.Record).HasKey(row => row.Key);
        model.Entity<TombstoneRow>().ToTable("tombstones").HasKey(row => row.UserKey);
        model.Entity<TombstoneRow>().Property(row => row.UserKey).ValueGeneratedNever();
        model.Entity<ModelRunRow>().ToTable("model_runs").HasKey(row => row.Id);
        model.Entity<ModelRunRow>().Property(row => row.Plan).HasDefaultValue(ModelRun.DefaultPlan);
        model.Entity<ModelRunRow>().Property(row => row.Outcome).HasConversion(outcome => outcome!.Value.ToWord(), word => RunOutcomeExtensions.OutcomeOf(word));
        model.Entity<LeaseRow>().ToTable("leases").HasKey(row => row.Name);
        model.Entity<ModelRow>().ToTable("models").HasKey(row => row.Version);
        model.Entity<ModelChunkRow>().ToTable("model_chunks").HasKey(row => new { row.Version, row.Part });
        model.Entity<PublicationRow>().ToTable("publications").Ignore(row => row.Manifest).HasKey(row => row.Sequence);
        model.Entity<ImpressionRow>().ToTable("impressions").HasKey(row => row.RecommendationId);
        model.Entity<RuleRow>().ToTable("rules").HasKey(row => row.Revision);
        model.Entity<ExperimentRow>().ToTable("experiments").HasKey(row => row.Revision);
        model.Entity<ConfigurationRow>().ToTable("configuration").HasKey(row => row.Revision);

        model.Entity<ErasureRow>().ToTable("erasures").Ignore(row => row.Deleted).Ignore(row => row.ModelVersions).HasKey(row => row.Id);
        model.Entity<ErasureRow>().Property(row => row.Id).ValueGeneratedNever();
        model.Entity<AuditRow>().ToTable("audit_log").HasKey(row => row.Id);
        model.Entity<AuditHeadRow>().ToTable("audit_head").HasKey(row => row.Id);
        model.Entity<AuditHeadRow>().Property(row => row.Id).ValueGeneratedNever();
        model.Entity<ApiKeyRow>().ToTable("api_keys").Ignore(row => row.Scopes).HasKey(row => row.Id);
        model.Entity<ImportRow>().ToTable("import_log").HasKey(row => row.Id);
        model.Entity<SessionKeyRow>().ToTable("session_keys").HasKey(row => row.Id);
        model.Entity<DataHealthRow>().ToTable("data_health").HasKey(row => row.Id);
        model.Entity<DataHealthRow>().Property(row => row.Id).ValueGeneratedNever();

        foreach (var property in model.Model.GetEntityTypes().SelectMany(entity => entity.GetProperties()))
            property.SetColumnName(SnakeCase(property.Name));
        model.Entity<RuleRow>().Property(row => row.DefinitionId).HasColumnName("rule_id");
        model.Entity<ExperimentRow>().Property(row => row.DefinitionId).HasColumnName("experiment_id");
        model.Entity<ConfigurationRow>().Property(row => row.DefinitionId).HasColumnName("section");

        model.SharedTypeEntity<Dictionary<string, object>>("interactions", table =>
        {
            Add(table, isRating: false, ("id", typeof(string)), ("user_key", typeof(int)), ("item_key", typeof(int)), ("kind", typeof(short)), ("occurred_at", typeof(long)), ("received_at", typeof(long)), ("fingerprint", typeof(long)), ("change", typeof(long)));
            table.HasKey("id");
        });
        model.SharedTypeEntity<Dictionary<string, object>>("ratings", table =>
        {
            Add(table, isRating: true, ("user_key", typeof(int)), ("item_key", typeof(int)), ("occurred_at", typeof(long)), ("received_at", typeof(long)), ("change", typeof(long)), ("deleted", typeof(bool)));
            table.HasKey("user_key", "item_key");
        });
    }

    private static void Add(EntityTypeBuilder<Dictionary<string, object>> table, bool isRating, params ReadOnlySpan<(string Name, Type Type)> own)
    {
        foreach (var (name, type) in own)
            table.IndexerProperty(type, name).IsRequired();
        foreach (var column in InteractionColumns.Default.Content)
            table.IndexerProperty(column.ClrType, column.Name).IsRequired(isRating && column.IsRequiredOfRatings);
    }

    private static string SnakeCase(string name)
    {
        var text = new StringBuilder();
        foreach (var letter in name)
        {
            if (char.IsUpper(letter) && text.Length > 0)
                text.Append('_');
            text.Append(char.ToLowerInvariant(letter));
        }

        return text.ToString();
    }

    private sealed class UnixMilliseconds()
        : ValueConverter<DateTimeOffset, long>(time => time.ToUnixTimeMilliseconds(), milliseconds => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds));
}
