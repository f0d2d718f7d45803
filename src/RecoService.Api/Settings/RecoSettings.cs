using System.ComponentModel.DataAnnotations;
using RecoService.Api.Workers;
using RecoService.Engine.Training;
using RecoService.Storage;

namespace RecoService.Api.Settings;

/// <summary>Everything under <c>Reco</c> in the configuration. Read once, at start, with every error named.</summary>
public sealed class RecoSettings
{
    public StoreSettings Storage { get; set; } = new();

    public InteractionSettings Interactions { get; set; } = new();

    public RecommendationSettings Recommendations { get; set; } = new();

    public CatalogueSettings Catalogue { get; set; } = new();

    public RetrainingSettings Retraining { get; set; } = new();

    /// <summary>Hyperparameters by trainer name; a trainer without a section runs with its defaults.</summary>
    [OptionsByTrainerName]
    public Dictionary<string, object> Trainers { get; set; } = [];

    /// <summary>Programs that train, by a name of one's own.</summary>
    public Dictionary<string, WorkerSettings> Workers { get; set; } = [];

    public SecuritySettings Security { get; set; } = new();

    public LimitSettings Limits { get; set; } = new();

    public RequestLogSettings RequestLog { get; set; } = new();

    public SwaggerSettings Swagger { get; set; } = new();

    public DemoSettings Demo { get; set; } = new();

    /// <summary>The path under which a proxy offers the service, as <c>/reco</c>. Default none.</summary>
    [RegularExpression("(/[A-Za-z0-9._~-]+)*", ErrorMessage = "PathBase must be a path such as /reco, with no slash at its end.")]
    public string PathBase { get; set; } = "";

    public ProxySettings Proxy { get; set; } = new();

    public ShutdownSettings Shutdown { get; set; } = new();

    public LogSettings Log { get; set; } = new();

    public TelemetrySettings Telemetry { get; set; } = new();

    /// <summary>What this process is called in its log. Default the machine's name.</summary>
    [StringLength(64)]
    public string ReplicaName { get; set; } = Environment.MachineName;
}

public sealed class StoreSettings
{
    /// <summary>Sqlite (embedded) or Postgres. Default Sqlite.</summary>
    public StorageProvider Provider { get; set; } = StorageProvider.Sqlite;

    /// <summary>ADO.NET connection string; for PostgreSQL also a URL. Default: a file <c>data/reco.db</c> in the working directory.</summary>
    [Required]
    public string ConnectionString { get; set; } = "Data Source=data/reco.db";

    /// <summary>A write that waits longer for the database answers 503. Default 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:05:00")]
    public TimeSpan WriteTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Create the database where there is none. Default: only SQLite's file; a database of PostgreSQL that does not exist is an error.</summary>
    public bool? CreateDatabase { get; set; }

    /// <summary>How often it is tried whether the store would take a write. Default 2 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan ProbeInterval { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>A store that does not take it within this time is reported as away. Default 2 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:05:00")]
    public TimeSpan ProbeTimeout { get; set; } = TimeSpan.FromSeconds(2);

    internal StorageSettings ToStorage() => new() { Provider = Provider, ConnectionString = ConnectionString, WriteTimeout = WriteTimeout, CreateDatabase = CreateDatabase };
}

public sealed class InteractionSettings
{
    /// <summary>Kinds by name, added to the default table or changing its entry, of which everything that is not named stays; a weight of 0 takes a kind out of training.</summary>
    public Dictionary<string, KindSettings> Kinds { get; set; } = [];

    /// <summary>The lowest rating accepted. Default 0.5.</summary>
    [Range(-1000f, 1000f)]
    public float RatingMin { get; set; } = 0.5f;

    /// <summary>The highest rating accepted. Default 5.</summary>
    [Range(-1000f, 1000f)]
    public float RatingMax { get; set; } = 5;

    /// <summary>After so many days an interaction says half as much about taste in training. Default none: age does not matter.</summary>
    [Range(0.01, 36_500)]
    public double? HalfLifeDays { get; set; }
}

public sealed class KindSettings
{
    /// <summary>How strongly it speaks for the item; negative against it. Default of a new kind 1, or 0 where it undoes another.</summary>
    [Range(-1000f, 1000f)]
    public float? Weight { get; set; }

    /// <summary>The item is no longer recommended to this user. Default of a new kind false.</summary>
    public bool? Consumes { get; set; }

    /// <summary>After so many days a consumed item may be recommended again; 0 = at once. Makes the kind one that consumes. Default none: never again.
    /// An item's own <c>consumesForDays</c> wins.</summary>
    [Range(0.0, 36_500.0)]
    public double? ConsumesForDays { get; set; }

    /// <summary>The kind that it takes back: one such interaction cancels the user's latest earlier one of that kind with the item.</summary>
    public string? Undoes { get; set; }
}

public sealed class RecommendationSettings
{
    /// <summary>Recommend items that only interactions have named: true or false. Default: only as long as the store holds no item with a catalogue record.</summary>
    public bool? RecommendUnlistedItems { get; set; }

    /// <summary>An item that only interactions have named is shown once a model was trained on it and so many users were for it when that model was put in
    /// place; 0 = at once. Default 3.</summary>
    [Range(0, 1_000_000)]
    public int UnlistedItemMinUsers { get; set; } = 3;

    /// <summary>The part of each list, 0..1, rounded down, whose last places are kept for items that arrived after the model was trained: what reads like
    /// the user's history first, then what sells, then the newest. Default 0.1: one of ten.</summary>
    [Range(0.0, 1.0)]
    public double NewItemShare { get; set; } = 0.1;

    /// <summary>How many items of a user's history count once the user has done something since the state was built, the newest; what was consumed
    /// before stays out of the lists. Bounds what one user's write costs. Default 2,000.</summary>
    [Range(1, 1_000_000)]
    public int LiveHistoryLimit { get; set; } = 2000;

    /// <summary>How many lists are made at start before the service says that it is ready, for at most 5 s; 0 = none. Default 200.</summary>
    [Range(0, 100_000)]
    public int WarmUpRequests { get; set; } = 200;

    /// <summary>How many impressions may wait to be written; more are dropped and counted. Default 100,000: some seconds of a busy shop, in about 40 MB.</summary>
    [Range(1, 10_000_000)]
    public int ImpressionQueueLimit { get; set; } = 100_000;

    /// <summary>What this process has taken in since its state was built: so many interactions, new items, new texts and lists of items, and erased users, and
    /// the state is built anew from the store, which keeps memory bounded and loses nothing. Default 1,000,000.</summary>
    [Range(1, int.MaxValue)]
    public int LiveChangeLimit { get; set; } = 1_000_000;

    /// <summary>Impressions older than this are deleted; 0 = none are. Default 90 days.</summary>
    [Range(0, 36_500)]
    public int ImpressionRetentionDays { get; set; } = 90;

    /// <summary>How often writes of other replicas are looked for. Default 0.5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.05", "00:01:00")]
    public TimeSpan FeedInterval { get; set; } = TimeSpan.FromMilliseconds(500);
}

public sealed class RetrainingSettings
{
    /// <summary>Run on a schedule. Default true; <c>POST /admin/retrain</c> works either way.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Time between scheduled runs, unless <see cref="Cron"/> is set. Default 1 hour.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "365.00:00:00")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromHours(1);

    /// <summary>A Quartz cron expression in UTC, seconds first: <c>0 0 3 * * ?</c> is three in the morning.</summary>
    public string? Cron { get; set; }

    /// <summary>While no judged model serves, a run starts when there are interactions and none has come for so long; each run that leads to none doubles it,
    /// up to the interval. Default 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan FirstRunDelay { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The trainer whose model makes the lists, or <c>auto</c>: each run picks the one that suits the shop. Default auto.</summary>
    [Required]
    public string Recommender { get; set; } = SettingsExtensions.Auto;

    /// <summary>Only for auto: how long a run may try recommenders before it picks one. Default 5 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan AutoBudget { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Only for auto: the trainers tried, comma-separated. Default all that make lists.</summary>
    public string AutoCandidates { get; set; } = "";

    /// <summary>Other trainers to run and serve beside it, comma-separated (popularity always runs), each with its roles or not: <c>ease:similarity</c>. Roles are
    /// fallback, cold-start, similarity and none, joined by <c>+</c>. Default content, which says what an item is like that nobody has touched; it is left out
    /// where the catalogue says nothing.</summary>
    public string AlsoTrain { get; set; } = "content";

    /// <summary>Models that are trained on schedules of their own and stand beside the recommender, by a name of one's own for each plan: what takes hours once a
    /// week, beside what takes seconds every hour.</summary>
    public Dictionary<string, TrainingPlanSettings> Plans { get; set; } = [];

    /// <summary>Seed of every training. Default 42.</summary>
    public int Seed { get; set; } = 42;

    /// <summary>Training threads; 0 = cores - 1, at least 1. Default 0.</summary>
    [Range(0, 1024)]
    public int Threads { get; set; }

    /// <summary>What a run may take, its data included, beside what the service holds, in MiB; a training that needs more fails with a reason, and auto
    /// leaves it out. 0 = half of what the machine or its container has. Default 0.</summary>
    [Range(0, 16 * 1024 * 1024)]
    public int MemoryLimitMiB { get; set; }

    /// <summary>The newest part of the interactions that judges a model before it is published; more of them, or the last items of each user, where it judges too
    /// few users. Default 0.1.</summary>
    [Range(0.001, 0.9)]
    public double HoldoutFraction { get; set; } = 0.1;

    /// <summary>Length of the lists that are judged. Default 10.</summary>
    [Range(1, 200)]
    public int EvaluationLimit { get; set; } = 10;

    /// <summary>How many users are to judge a run, where the data can give them. One that fewer could judge is held if they are less than half of those who judged
    /// the served model. Default 200.</summary>
    [Range(1, int.MaxValue)]
    public int MinJudgedUsers { get; set; } = 200;

    /// <summary>A candidate is refused when the whole 95% interval of its nDCG difference lies below minus this. Default 0.</summary>
    [Range(0.0, 1.0)]
    public double Tolerance { get; set; }

    /// <summary>A candidate is refused when it recommends less than this part of the distinct items that the current model does. Default 0.5.</summary>
    [Range(0.0, 1.0)]
    public double MinCoverageRatio { get; set; } = 0.5;

    /// <summary>The refitted model must share this part of its lists with the candidate it stands for. Default 0.05.</summary>
    [Range(0.0, 1.0)]
    public double MinOverlap { get; set; } = 0.05;

    /// <summary>How many runs' models are kept. Default 10.</summary>
    [Range(1, 1000)]
    public int KeepRuns { get; set; } = 10;

    /// <summary>A run whose process is not heard of for this long is taken for dead. Default 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(30);
}

public sealed class TrainingPlanSettings
{
    /// <summary>The trainers of the plan, comma-separated, each with its roles or not, as in <see cref="RetrainingSettings.AlsoTrain"/>: <c>ease:similarity</c>.</summary>
    [Required]
    public string Trainers { get; set; } = "";

    /// <summary>Time between its runs, unless <see cref="Cron"/> is set. Default 7 days.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "365.00:00:00")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromDays(7);

    /// <summary>A Quartz cron expression in UTC, seconds first: <c>0 0 3 ? * SUN</c> is three on Sunday morning.</summary>
    public string? Cron { get; set; }

    /// <summary>How long one of its runs may take; longer, and it fails. Default 12 hours.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "30.00:00:00")]
    public TimeSpan MaxDuration { get; set; } = TimeSpan.FromHours(12);

    /// <summary>Training threads; 0 = as <see cref="RetrainingSettings.Threads"/>. Default 0.</summary>
    [Range(0, 1024)]
    public int Threads { get; set; }

    /// <summary>What its runs may take, in MiB; 0 = as <see cref="RetrainingSettings.MemoryLimitMiB"/>. Default 0.</summary>
    [Range(0, 16 * 1024 * 1024)]
    public int MemoryLimitMiB { get; set; }
}

public sealed class SecuritySettings
{
    /// <summary>Required outside Development.</summary>
    public List<ApiKeySettings> ApiKeys { get; set; } = [];
}

public enum ApiKeyRole
{
    Storefront,
    Admin,
}

public sealed class ApiKeySettings
{
    /// <summary>Stands in logs and metrics in place of the key.</summary>
    [Required, RegularExpression("^[A-Za-z0-9_.-]{1,64}$", ErrorMessage = "Name must be 1 to 64 letters, digits, '.', '_' or '-'.")]
    public string Name { get; set; } = "";

    /// <summary>Storefront or Admin. Default Storefront.</summary>
    public ApiKeyRole Role { get; set; } = ApiKeyRole.Storefront;

    /// <summary>The secret itself, 16 to 256 characters.</summary>
    [Required, StringLength(256, MinimumLength = 16)]
    public string Key { get; set; } = "";

    /// <summary>Requests a second that this key may make, with bursts of as many; 0 = no limit. Default 0.</summary>
    [Range(0, 1_000_000)]
    public int RequestsPerSecond { get; set; }
}

public sealed class LimitSettings
{
    /// <summary>The largest body of an ordinary request, in bytes. Default 4 MiB.</summary>
    [Range(1024, int.MaxValue)]
    public int MaxRequestBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>The largest body of an import, in bytes: as sent, and unpacked. Default 4 GiB.</summary>
    [Range(1024, long.MaxValue)]
    public long MaxImportBytes { get; set; } = 4L * 1024 * 1024 * 1024;

    /// <summary>How many times its packed size a gzip import of more than 4 MiB may have unpacked. Default 200.</summary>
    [Range(1, 1_000_000)]
    public int MaxImportRatio { get; set; } = 200;

    /// <summary>The longest line of an import, in bytes. Default 1 MiB.</summary>
    [Range(1024, int.MaxValue)]
    public int MaxImportLineBytes { get; set; } = 1024 * 1024;

    /// <summary>The most interactions of one POST. Default 1,000.</summary>
    [Range(1, 100_000)]
    public int MaxInteractionsPerRequest { get; set; } = 1000;

    /// <summary>The most users of one <c>POST /recommendations/batch</c>. Default 10,000.</summary>
    [Range(1, 1_000_000)]
    public int MaxUsersPerBatch { get; set; } = 10_000;
}

public sealed class RequestLogSettings
{
    /// <summary>The part of successful recommendation requests that is logged, 0..1. Default 0.01.</summary>
    [Range(0.0, 1.0)]
    public double SampleRate { get; set; } = 0.01;

    /// <summary>How many lines a minute all callers without a valid key may have together; the rest is counted. Default 60.</summary>
    [Range(0, 1_000_000)]
    public int UnauthenticatedPerMinute { get; set; } = 60;

    /// <summary>A request that takes longer is always logged. Default 500 ms.</summary>
    [Range(1, 600_000)]
    public int SlowMilliseconds { get; set; } = 500;
}

public sealed class SwaggerSettings
{
    /// <summary>Default: on in Development, off elsewhere.</summary>
    public bool? Enabled { get; set; }

    internal bool EnabledIn(IHostEnvironment environment) => Enabled ?? environment.IsDevelopment();
}

public sealed class ProxySettings
{
    /// <summary>Addresses and networks, comma-separated, whose X-Forwarded headers are believed beside those of this machine: <c>10.0.0.0/8, 192.0.2.7</c>. Default none.</summary>
    public string Trusted { get; set; } = "";
}

public sealed class ShutdownSettings
{
    /// <summary>How long a service that is told to stop says so in <c>/health/ready</c> and goes on answering. Default 5 s, in Development 0.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00")]
    public TimeSpan? Drain { get; set; }

    internal TimeSpan DrainIn(IHostEnvironment environment) => Drain ?? (environment.IsDevelopment() ? TimeSpan.Zero : TimeSpan.FromSeconds(5));
}

public enum LogFormat
{
    Text,
    Json,
}

public sealed class LogSettings
{
    /// <summary>Text for people, or Json for a log collector: one object a line and nothing else on standard output. Default Text.</summary>
    public LogFormat Format { get; set; } = LogFormat.Text;
}

public enum TelemetryProtocol
{
    Grpc,
    Http,
}

public sealed class TelemetrySettings
{
    /// <summary>The OpenTelemetry collector that metrics and traces are sent to by OTLP, as <c>http://collector:4317</c>. Default none: nothing is sent.</summary>
    public string? Endpoint { get; set; }

    /// <summary>What the collector asks for in headers, as <c>name=value, name=value</c>; values are percent-encoded. Default none.</summary>
    public string Headers { get; set; } = "";

    /// <summary>Grpc, usually at port 4317, or Http, usually at 4318, where <c>/v1/metrics</c> and <c>/v1/traces</c> are added to the endpoint. Default Grpc.</summary>
    public TelemetryProtocol Protocol { get; set; } = TelemetryProtocol.Grpc;

    /// <summary>The part of requests that is traced, 0..1; a request that arrives with a trace follows that trace's own choice. Default 0.1.</summary>
    [Range(0.0, 1.0)]
    public double TraceSampleRate { get; set; } = 0.1;
}

public sealed class DemoSettings
{
    /// <summary>Fill an empty store with a synthetic shop. Default: on in Development, off elsewhere.</summary>
    public bool? Enabled { get; set; }
}
