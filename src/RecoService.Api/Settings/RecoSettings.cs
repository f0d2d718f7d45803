using System.ComponentModel.DataAnnotations;
using RecoService.Engine.Training;

namespace RecoService.Api.Settings;

/// <summary>Everything under <c>Reco</c> in the configuration. It is read once, at start, and every error is named. docs/configuration.md is made from these classes.</summary>
public sealed class RecoSettings
{
    public StoreSettings Storage { get; set; } = new();

    public InteractionSettings Interactions { get; set; } = new();

    public RecommendationSettings Recommendations { get; set; } = new();

    public Dictionary<string, PlacementSettings> Placements { get; set; } = [];

    public CatalogueSettings Catalogue { get; set; } = new();

    public ProfileSettings Profiles { get; set; } = new();

    public AttributionSettings Attribution { get; set; } = new();

    public ExperimentSettings Experiments { get; set; } = new();

    public DataHealthSettings DataHealth { get; set; } = new();

    public PredictionSettings Prediction { get; set; } = new();

    public PrivacySettings Privacy { get; set; } = new();

    public RetrainingSettings Retraining { get; set; } = new();

    /// <summary>Hyperparameters by trainer name. A trainer without a section runs with its defaults.</summary>
    [OptionsByTrainerName]
    public Dictionary<string, object> Trainers { get; set; } = [];

    public Dictionary<string, WorkerSettings> Workers { get; set; } = [];

    public SecuritySettings Security { get; set; } = new();

    public LimitSettings Limits { get; set; } = new();

    public RequestLogSettings RequestLog { get; set; } = new();

    public SwaggerSettings Swagger { get; set; } = new();

    public ConsoleSettings Console { get; set; } = new();

    public DemoSettings Demo { get; set; } = new();

    public CompatibilitySettings Compatibility { get; set; } = new();

    /// <summary>The path under which a proxy offers the service. It works whether the proxy cuts the path off or not.</summary>
    [RegularExpression("(/[A-Za-z0-9._~-]+)*", ErrorMessage = "PathBase must be a path such as /reco, with no slash at its end.")]
    public string PathBase { get; set; } = "";

    public ProxySettings Proxy { get; set; } = new();

    public ShutdownSettings Shutdown { get; set; } = new();

    public LogSettings Log { get; set; } = new();

    public TelemetrySettings Telemetry { get; set; } = new();

    /// <summary>The name of this process in logs and traces. Without one it is the machine's name.</summary>
    [StringLength(64)]
    public string? ReplicaName { get; set; }

    internal string Replica => ReplicaName ?? Environment.MachineName;
}
