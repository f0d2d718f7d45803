using System.ComponentModel.DataAnnotations;
using RecoService.Engine.Computing;

namespace RecoService.Api.Settings;

/// <summary>Model runs: when they happen, what they train, and when their model is published.</summary>
public sealed class RetrainingSettings
{
    internal const string DevicePattern = "^[a-z]{2,16}(:[0-9]{1,3})?$";
    internal const string DeviceFault = "{0} must be a word with or without a number, as cpu or cuda:1.";

    /// <summary>Whether models are trained on a schedule. <c>POST /admin/retrain</c> works either way.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>The time between scheduled runs, unless <see cref="Cron"/> is set.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "365.00:00:00")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromHours(1);

    /// <summary>A Quartz cron expression in UTC, seconds first, in place of the interval. <c>0 0 3 * * ?</c> is three in the morning.</summary>
    public string? Cron { get; set; }

    /// <summary>While no judged model serves, a run starts when no interaction has come for this long. Each run that publishes nothing doubles the time, up to the
    /// interval. <c>waitingFor</c> in <c>/admin/status</c> says what the run waits for.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan FirstRunDelay { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The trainer whose model makes the lists. With <c>auto</c> each run tries several and takes the one that suits the shop.
    /// [algorithms.md](algorithms.md) says which is for what.</summary>
    [Required]
    public string Recommender { get; set; } = SettingsExtensions.Auto;

    /// <summary>Only for <c>auto</c>: how long a run may take to try recommenders and their options, and to train what it picks. The first model of a shop is picked without a
    /// search of options, because the shop waits for it.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan AutoBudget { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Only for <c>auto</c>: how long one thread may take over a list of what is picked, in microseconds, as measured on this machine; 0 sets no bound. The run says what it gave up for it.</summary>
    [Range(0, 10_000_000)]
    public int MaxServingMicroseconds { get; set; }

    /// <summary>Only for <c>auto</c>: the trainers it tries, comma-separated. Without a value it tries all that make lists; those of workers once a judged model serves, unless they say that they are not for it.</summary>
    public string AutoCandidates { get; set; } = "";

    /// <summary>Other trainers to run and serve beside the recommender, comma-separated, each with or without roles, as <c>ease:similarity</c>. Roles are
    /// <c>fallback</c>, <c>cold-start</c>, <c>similarity</c> and <c>none</c>, joined by <c>+</c>. <c>popularity</c> always runs. A trainer that cannot learn from the
    /// data is left out, and the run's metrics say why.</summary>
    public string AlsoTrain { get; set; } = "content";

    public GateSettings Gate { get; set; } = new();

    public Dictionary<string, TrainingPlanSettings> Plans { get; set; } = [];

    /// <summary>The seed of every training. The same seed and threads give the same model.</summary>
    public int Seed { get; set; } = 42;

    /// <summary>Threads of a training; 0 is one less than the machine has cores, and at least 1.</summary>
    [Range(0, 1024)]
    public int Threads { get; set; }

    /// <summary>Where trainers of worker programs compute, as <c>cpu</c>, <c>cuda</c> or <c>cuda:1</c>. Those of the service compute on the processor.</summary>
    [RegularExpression(DevicePattern, ErrorMessage = DeviceFault)]
    public string Device { get; set; } = TrainingContext.Processor;

    /// <summary>How much memory a run may take, its data included, beside what the service holds; 0 is half of what the machine or its container has. A training that
    /// needs more fails with the reason, and <c>auto</c> leaves it out.</summary>
    [Range(0, 16 * 1024 * 1024)]
    public int MemoryLimitMiB { get; set; }

    /// <summary>The part of the interactions, the newest, that judges a model before it is published. Where it judges fewer than <see cref="MinJudgedUsers"/>, it is
    /// widened, or the last items of each user judge.</summary>
    [Range(0.001, 0.9)]
    public double HoldoutFraction { get; set; } = 0.1;

    /// <summary>The length of the lists that are judged.</summary>
    [Range(1, 200)]
    public int EvaluationLimit { get; set; } = 10;

    /// <summary>How many users are to judge a run, where the data can give them. A run with fewer is <c>held</c> when they are less than half of those who judged the
    /// served model.</summary>
    [Range(1, int.MaxValue)]
    public int MinJudgedUsers { get; set; } = 200;

    /// <summary>A model is refused when the whole 95% interval of its nDCG difference to the served one lies below minus this.</summary>
    [Range(0.0, 1.0)]
    public double Tolerance { get; set; }

    /// <summary>A model is refused when its lists hold less than this part of the distinct items that the served model's do.</summary>
    [Range(0.0, 1.0)]
    public double MinCoverageRatio { get; set; } = 0.5;

    /// <summary>The model refitted on all data must share this part of its lists with the judged one.</summary>
    [Range(0.0, 1.0)]
    public double MinOverlap { get; set; } = 0.05;

    /// <summary>Of how many runs the models are kept.</summary>
    [Range(1, 1000)]
    public int KeepRuns { get; set; } = 10;

    /// <summary>Whether models learn from users, too, who are left out of the figures as programs (`Reco:Attribution:MostInteractionsADay`).</summary>
    public bool LearnFromExcludedUsers { get; set; }

    /// <summary>So many shown items are read at most, the newest, with what users did with them, for trainers with the option <c>Feedback</c>; each takes about 20 bytes. 0 reads none.
    /// Lists count once they are as old as <see cref="PredictionSettings.OutcomeDelay"/>.</summary>
    [Range(0, 50_000_000)]
    public int MaxShownItems { get; set; } = 500_000;

    /// <summary>How old shown items may be that are learned from.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "3650.00:00:00")]
    public TimeSpan ShownItemsWindow { get; set; } = TimeSpan.FromDays(90);

    /// <summary>A run without a heartbeat for this long is considered dead.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(30);
}

/// <summary>A plan of its own, under a name of your choice. It trains models that stand beside the recommender on its own schedule: once a week what takes hours, beside what
/// takes seconds every hour.</summary>
public sealed class TrainingPlanSettings
{
    /// <summary>The trainers of the plan, comma-separated, each with or without roles, as in <see cref="RetrainingSettings.AlsoTrain"/>: <c>ease:similarity</c>.</summary>
    [Required]
    public string Trainers { get; set; } = "";

    /// <summary>The time between runs of the plan, unless <see cref="Cron"/> is set.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "365.00:00:00")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromDays(7);

    /// <summary>A Quartz cron expression in UTC, seconds first, in place of the interval. <c>0 0 3 ? * SUN</c> is three on Sunday morning.</summary>
    public string? Cron { get; set; }

    /// <summary>How long a run of the plan may take. A longer one fails.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "30.00:00:00")]
    public TimeSpan MaxDuration { get; set; } = TimeSpan.FromHours(12);

    /// <summary>Threads of a training; 0 is the value of <see cref="RetrainingSettings.Threads"/>.</summary>
    [Range(0, 1024)]
    public int Threads { get; set; }

    /// <summary>Where the plan's trainers of worker programs compute; without a value that of <see cref="RetrainingSettings.Device"/>.</summary>
    [RegularExpression(RetrainingSettings.DevicePattern, ErrorMessage = RetrainingSettings.DeviceFault)]
    public string Device { get; set; } = "";

    /// <summary>How much memory a run of the plan may take, in MiB; 0 is the value of <see cref="RetrainingSettings.MemoryLimitMiB"/>.</summary>
    [Range(0, 16 * 1024 * 1024)]
    public int MemoryLimitMiB { get; set; }
}
