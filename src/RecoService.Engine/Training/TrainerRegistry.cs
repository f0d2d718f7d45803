using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Snapshots;

namespace RecoService.Engine.Training;

/// <summary>Trainer name -> options type and factory. Immutable: what another project brings is added by <c>With</c>.</summary>
public sealed class TrainerRegistry
{
    /// <summary>What a recommender has to beat to be worth serving: the same list for everybody.</summary>
    public const string Baseline = "popularity";

    /// <summary>What a model that ranks is asked for beside a recommender, unless somebody says otherwise.</summary>
    public const ModelRoles RankingRoles = ModelRoles.Fallback | ModelRoles.Similarity;

    /// <summary>Other names that configuration and stored runs may use: former ones, and one that fits into an environment variable.</summary>
    private static readonly ImmutableDictionary<string, string> OtherNames = ImmutableDictionary<string, string>.Empty
        .Add("one-class", "implicit-als").Add("squared", "biased-mf").Add("svdpp", "svd++");

    private readonly ImmutableSortedDictionary<string, Registration> registrations;
    private readonly StoredFormats others;
    private readonly JsonSerializerOptions json;

    private TrainerRegistry(ImmutableSortedDictionary<string, Registration> registrations, ImmutableList<string>? absences = null, StoredFormats? others = null)
    {
        this.registrations = registrations;
        this.others = others ?? StoredFormats.None;
        Absences = absences ?? [];
        Formats = this.others.With(registrations.Values.SelectMany(registration => registration.Formats));
        json = new JsonSerializerOptions
        {
            PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
            PropertyNameCaseInsensitive = true,
            UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
            Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false), new OptionsByTrainerNameConverter(this) },
        };
    }

    /// <summary>Knows no trainer yet.</summary>
    public static TrainerRegistry Empty { get; } = new(ImmutableSortedDictionary.Create<string, Registration>(StringComparer.Ordinal));

    /// <summary>What stored models can be read by.</summary>
    public StoredFormats Formats { get; }

    public IReadOnlyCollection<string> Names => [.. registrations.Keys];

    /// <summary>The name under which a trainer is known; a name that means none stays as it is.</summary>
    public static string NameOf(string name) => OtherNames.GetValueOrDefault(name, name);

    /// <summary>A new registry that knows this trainer too; a name already taken now means the new one.</summary>
    /// <param name="name">As the configuration spells it.</param>
    /// <param name="create">Makes the trainer from its options.</param>
    /// <param name="formats">How its models and their parts are stored; null where others have registered them.</param>
    /// <param name="target">What its models are good for.</param>
    /// <param name="roles">What its models are asked for beside a recommender, unless configuration says otherwise; null: as fallback and for similarity where they rank, else nothing.</param>
    /// <param name="auto">When a recommender that is picked by trying may be this one.</param>
    public TrainerRegistry With<TOptions>(
        string name, Func<TOptions, ITrainer> create, IReadOnlyList<StoredFormat>? formats = null, TrainerTarget target = TrainerTarget.Ranking, ModelRoles? roles = null,
        AutoUse auto = AutoUse.Always)
        where TOptions : class, new() => With<TOptions>(name, (options, _) => create(options), formats, target, roles, auto);

    /// <summary>A new registry that knows this trainer too, which makes its components by the registry it is created from.</summary>
    /// <param name="name">As the configuration spells it.</param>
    /// <param name="create">Makes the trainer from its options and the registry.</param>
    /// <param name="formats">As of the other overload.</param>
    /// <param name="target">What its models are good for.</param>
    /// <param name="roles">As of the other overload.</param>
    /// <param name="auto">As of the other overload.</param>
    public TrainerRegistry With<TOptions>(
        string name, Func<TOptions, TrainerRegistry, ITrainer> create, IReadOnlyList<StoredFormat>? formats = null, TrainerTarget target = TrainerTarget.Ranking, ModelRoles? roles = null,
        AutoUse auto = AutoUse.Always)
        where TOptions : class, new()
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        return With(name, new Registration(typeof(TOptions), (options, registry) => create((TOptions)options, registry), target, roles ?? DefaultRoles(target)) { Formats = formats ?? [], Auto = auto });
    }

    /// <summary>A new registry that knows this trainer too, whose options a schema describes.</summary>
    /// <param name="name">As the configuration spells it.</param>
    /// <param name="schema">Its options.</param>
    /// <param name="create">Makes the trainer from its options.</param>
    /// <param name="target">What its models are good for.</param>
    /// <param name="auto">When a recommender that is picked by trying may be this one.</param>
    public TrainerRegistry With(
        string name, OptionsSchema schema, Func<DescribedOptions, ITrainer> create, TrainerTarget target = TrainerTarget.Ranking, AutoUse auto = AutoUse.Always) =>
        With(name, schema, (options, _) => create(options), target, auto);

    /// <summary>The same for a trainer that makes its components by the registry it is created from.</summary>
    /// <param name="name">As of the other overload.</param>
    /// <param name="schema">As of the other overload.</param>
    /// <param name="create">Makes the trainer from its options and the registry.</param>
    /// <param name="target">As of the other overload.</param>
    /// <param name="auto">As of the other overload.</param>
    public TrainerRegistry With(
        string name, OptionsSchema schema, Func<DescribedOptions, TrainerRegistry, ITrainer> create, TrainerTarget target = TrainerTarget.Ranking, AutoUse auto = AutoUse.Always)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        return With(name, new Registration(typeof(DescribedOptions), (options, registry) => create((DescribedOptions)options, registry), target, DefaultRoles(target)) { Schema = schema, Auto = auto });
    }

    /// <summary>A new registry in which a trainer says this of itself to whoever picks one by trying.</summary>
    /// <exception cref="ArgumentException">The name is not registered; the message lists those that are.</exception>
    public TrainerRegistry WithSearch(string name, TrainerSearch search) => With(NameOf(name), Find(name) with { Search = search });

    /// <summary>A new registry that says of trainers it does not know why some are missing.</summary>
    /// <param name="reason">A sentence.</param>
    public TrainerRegistry WithAbsence(string reason) => new(registrations, Absences.Add(reason), others);

    /// <summary>A new registry that also reads models which only trainers outside of it make, so that a process serves what it cannot train.</summary>
    public TrainerRegistry WithFormats(IEnumerable<StoredFormat> formats) => new(registrations, Absences, others.With(formats));

    /// <summary>Why trainers that somebody may name are missing, a sentence each; empty when none is.</summary>
    public ImmutableList<string> Absences { get; }

    /// <exception cref="ArgumentException">The name is not registered; the message lists those that are.</exception>
    public Type OptionsTypeOf(string name) => Find(name).OptionsType;

    /// <summary>The schema of the trainer's options; null when their type says what they are.</summary>
    /// <exception cref="ArgumentException">The name is not registered; the message lists those that are.</exception>
    public OptionsSchema? SchemaOf(string name) => Find(name).Schema;

    /// <exception cref="ArgumentException">The name is not registered; the message lists those that are.</exception>
    public TrainerTarget TargetOf(string name) => Find(name).Target;

    /// <summary>What a model of this trainer is asked for beside a recommender.</summary>
    /// <exception cref="ArgumentException">The name is not registered; the message lists those that are.</exception>
    public ModelRoles RolesOf(string name) => Find(name).Roles;

    /// <summary>What the trainer says of itself to whoever picks one by trying.</summary>
    /// <exception cref="ArgumentException">The name is not registered; the message lists those that are.</exception>
    public TrainerSearch SearchOf(string name) => Find(name).Search;

    /// <summary>The names of those whose models can be judged so, sorted.</summary>
    /// <param name="target">Ranking or Ratings; trainers of both are among either.</param>
    public IReadOnlyList<string> NamesFor(TrainerTarget target) =>
        [.. registrations.Where(entry => entry.Value.Target == target || entry.Value.Target == TrainerTarget.Both).Select(entry => entry.Key)];

    /// <summary>The names of those that a pick by trying tries, sorted.</summary>
    /// <param name="target">As of <see cref="NamesFor"/>.</param>
    /// <param name="isFirstModel">Whether nothing is served yet, so that time counts.</param>
    /// <param name="canRepeat">Whether what users want most may be taken again; see <see cref="InteractionKinds.CanRepeat"/>.</param>
    public IReadOnlyList<string> AutoNamesFor(TrainerTarget target, bool isFirstModel = false, bool canRepeat = false) =>
    [
        .. NamesFor(target).Where(name => registrations[name].Auto switch
        {
            AutoUse.Always => true,
            AutoUse.AfterTheFirstModel => !isFirstModel,
            AutoUse.WhereItemsRepeat => canRepeat,
            _ => false,
        }),
    ];

    /// <exception cref="ArgumentException">The name is not registered, or the options are not of its type.</exception>
    public ITrainer Create(string name, object options) => Find(name).Create(Checked(name, options), this);

    /// <summary>Trains a model, or gives the one that the same run has made of the same options and the same dataset and that is still in use.</summary>
    /// <param name="name">The trainer's name.</param>
    /// <param name="options">Its options.</param>
    /// <param name="dataset">What it learns from.</param>
    /// <param name="context">Of the run, or of a part of it.</param>
    /// <exception cref="ArgumentException">The name is not registered, or the options are not of its type.</exception>
    /// <exception cref="OperationCanceledException">The context was cancelled.</exception>
    /// <exception cref="TrainingException">The data or the options cannot give a model; the message says what to change.</exception>
    public IScorer Train(string name, object options, InteractionDataset dataset, TrainingContext context)
    {
        var trainer = Create(name, options);
        var model = context.Memo.GetOrMake(
            dataset, FormattableString.Invariant($"{NameOf(name)}, seed {context.Seed}, {context.Threads} threads on {context.Device}: {Serialize(name, options)}"), () => trainer.Train(dataset, context));
        context.Report("training", 1);
        return model;
    }

    /// <summary>
    /// The options a trainer runs with: those configured for it, or its defaults. What a trainer made of others does not say of a component is filled in
    /// by what is configured for that component.
    /// </summary>
    /// <param name="name">The trainer's name.</param>
    /// <param name="configured">Options by trainer name; left as they are.</param>
    /// <exception cref="ArgumentException">A name is not registered, options are not of their type, or a trainer is made of itself; the message says which.</exception>
    public object OptionsOf(string name, IReadOnlyDictionary<string, object> configured) => OptionsOf(name, configured, []);

    /// <summary>The options as JSON in camelCase, every value included.</summary>
    /// <exception cref="ArgumentException">The name is not registered, or the options are not of its type.</exception>
    public string Serialize(string name, object options) =>
        Checked(name, options) is DescribedOptions described ? described.ToJson(Serialize) : JsonSerializer.Serialize(options, OptionsTypeOf(name), json);

    /// <summary>Options missing from the JSON keep their defaults.</summary>
    /// <exception cref="ArgumentException">The name is not registered, or the JSON is not an object of its options; the message says why.</exception>
    public object Deserialize(string name, string text)
    {
        var type = OptionsTypeOf(name);
        try
        {
            if (SchemaOf(name) is { } schema)
            {
                using var document = JsonDocument.Parse(text);
                return DescribedOptions.Parse(schema, document.RootElement, (component, options) => Deserialize(component, options.GetRawText()));
            }

            return JsonSerializer.Deserialize(text, type, json) ?? throw new ArgumentException($"The options of trainer '{name}' are null.", nameof(text));
        }
        catch (Exception exception) when (exception is JsonException or FormatException)
        {
            throw new ArgumentException($"The options of trainer '{name}' cannot be read: {exception.Message}", nameof(text), exception);
        }
    }

    private object OptionsOf(string name, IReadOnlyDictionary<string, object> configured, ImmutableList<string> outer)
    {
        name = NameOf(name);
        if (outer.Contains(name))
            throw new ArgumentException($"Trainer '{name}' is made of itself: {string.Join(" of ", outer.Add(name))}.", nameof(name));
        var options = Checked(name, configured.GetValueOrDefault(name) ?? Find(name).DefaultOptions());
        if (options is not IComposedOptions { TrainerNames.Count: > 0 })
            return options;

        var copy = (IComposedOptions)Deserialize(name, Serialize(name, options));
        foreach (var component in copy.TrainerNames.Select(NameOf).Where(component => !copy.Trainers.ContainsKey(component)))
            copy.Trainers[component] = OptionsOf(component, configured, outer.Add(name));
        return copy;
    }

    private object Checked(string name, object options) => OptionsTypeOf(name).IsInstanceOfType(options) && (options as DescribedOptions)?.Schema == SchemaOf(name)
        ? options
        : throw new ArgumentException($"Trainer '{name}' takes {OptionsTypeOf(name).Name}, not {options?.GetType().Name ?? "null"}.", nameof(options));

    private Registration Find(string name) => registrations.TryGetValue(NameOf(name), out var registration)
        ? registration
        : throw new ArgumentException($"There is no trainer '{name}'; known are: {string.Join(", ", registrations.Keys)}.{string.Concat(Absences.Select(reason => " " + reason))}", nameof(name));

    private TrainerRegistry With(string name, Registration registration) => new(registrations.SetItem(name, registration), Absences, others);

    private static ModelRoles DefaultRoles(TrainerTarget target) => target == TrainerTarget.Ratings ? ModelRoles.None : RankingRoles;

    private sealed record Registration(Type OptionsType, Func<object, TrainerRegistry, ITrainer> Create, TrainerTarget Target, ModelRoles Roles)
    {
        public OptionsSchema? Schema { get; init; }

        public IReadOnlyList<StoredFormat> Formats { get; init; } = [];

        public AutoUse Auto { get; init; } = AutoUse.Always;

        public TrainerSearch Search { get; init; } = TrainerSearch.Unknown;

        public object DefaultOptions() => Schema is null ? Activator.CreateInstance(OptionsType)! : new DescribedOptions(Schema);
    }
}
