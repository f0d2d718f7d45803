using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using RecoService.Engine.Algorithms.BiasedMatrixFactorization;
using RecoService.Engine.Algorithms.ImplicitAls;
using RecoService.Engine.Algorithms.Popularity;

namespace RecoService.Engine.Training;

/// <summary>Trainer name -> options type and factory. Immutable: what another project brings is added by <see cref="With"/>.</summary>
public sealed class TrainerRegistry
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
    };

    private readonly ImmutableSortedDictionary<string, Registration> registrations;

    private TrainerRegistry(ImmutableSortedDictionary<string, Registration> registrations) => this.registrations = registrations;

    /// <summary><c>one-class</c>, <c>squared</c> and <c>popularity</c>.</summary>
    public static TrainerRegistry BuiltIn { get; } = new TrainerRegistry(ImmutableSortedDictionary.Create<string, Registration>(StringComparer.Ordinal))
        .With<ImplicitAlsOptions>("one-class", options => new ImplicitAlsTrainer(options))
        .With<BiasedMatrixFactorizationOptions>("squared", options => new BiasedMatrixFactorizationTrainer(options))
        .With<PopularityOptions>("popularity", options => new PopularityTrainer(options));

    public IReadOnlyCollection<string> Names => [.. registrations.Keys];

    /// <summary>A new registry that knows this trainer too; a name already taken now means the new one.</summary>
    public TrainerRegistry With<TOptions>(string name, Func<TOptions, ITrainer> create)
        where TOptions : class, new()
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        return new TrainerRegistry(registrations.SetItem(name, new Registration(typeof(TOptions), options => create((TOptions)options))));
    }

    /// <exception cref="ArgumentException">The name is not registered; the message lists those that are.</exception>
    public Type OptionsTypeOf(string name) => Find(name).OptionsType;

    /// <exception cref="ArgumentException">The name is not registered, or the options are not of its type.</exception>
    public ITrainer Create(string name, object options) => Find(name).Create(Checked(name, options));

    /// <summary>The options as JSON in camelCase, every value included.</summary>
    /// <exception cref="ArgumentException">The name is not registered, or the options are not of its type.</exception>
    public string Serialize(string name, object options) => JsonSerializer.Serialize(Checked(name, options), OptionsTypeOf(name), Json);

    /// <summary>Options missing from the JSON keep their defaults.</summary>
    /// <exception cref="ArgumentException">The name is not registered, or the JSON is not an object of its options; the message says why.</exception>
    public object Deserialize(string name, string json)
    {
        var type = OptionsTypeOf(name);
        try
        {
            return JsonSerializer.Deserialize(json, type, Json) ?? throw new ArgumentException($"The options of trainer '{name}' are null.", nameof(json));
        }
        catch (JsonException exception)
        {
            throw new ArgumentException($"The options of trainer '{name}' cannot be read: {exception.Message}", nameof(json), exception);
        }
    }

    private object Checked(string name, object options) => OptionsTypeOf(name).IsInstanceOfType(options)
        ? options
        : throw new ArgumentException($"Trainer '{name}' takes {OptionsTypeOf(name).Name}, not {options?.GetType().Name ?? "null"}.", nameof(options));

    private Registration Find(string name) => registrations.TryGetValue(name, out var registration)
        ? registration
        : throw new ArgumentException($"There is no trainer '{name}'; known are: {string.Join(", ", registrations.Keys)}.", nameof(name));

    private sealed record Registration(Type OptionsType, Func<object, ITrainer> Create);
}
