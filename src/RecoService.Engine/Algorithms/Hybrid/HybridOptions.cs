using System.ComponentModel.DataAnnotations;
using System.Globalization;
using RecoService.Engine.Evaluation;
using RecoService.Engine.Training;
using RecoService.Engine.Tuning;

namespace RecoService.Engine.Algorithms.Hybrid;

/// <summary>Hyperparameters of <see cref="HybridTrainer"/>.</summary>
public sealed class HybridOptions : IComposedOptions, ISearchable, IValidatableObject
{
    /// <summary>The trainers whose scores are blended, comma-separated.</summary>
    [Required]
    public string Components { get; set; } = "sequence,ease,implicit-als,popularity,content";

    /// <summary>One number of at least 0 per component, comma-separated, in their order. Without a value they are learned on a validation part.</summary>
    public string Weights { get; set; } = "";

    /// <summary>The trainers asked, in this order, about what no component knows, comma-separated.</summary>
    public string Fallbacks { get; set; } = "content,popularity";

    /// <summary>Options of components and fallbacks by name; one without an entry takes what is configured for it as a trainer of its own.</summary>
    [OptionsByTrainerName]
    public Dictionary<string, object> Trainers { get; set; } = [];

    /// <summary>How the validation part is cut.</summary>
    [EnumDataType(typeof(ValidationCut))]
    public ValidationCut ValidationCut { get; set; } = ValidationCut.Auto;

    /// <summary>The part of the interactions that validates, 0..1. The smaller it is, the nearer are the weights to those for models of all data. Not for Last and LastBasket.</summary>
    [Range(0.01, 0.9)]
    public double ValidationFraction { get; set; } = 0.1;

    /// <summary>How many parts cut at random validate together, each with components of its own. More leave less to chance and take longer. Only where the cut is random.</summary>
    [Range(1, 100)]
    public int ValidationRepeats { get; set; } = 1;

    /// <summary>The weights are learned on so many users of a part, drawn by chance where there are more.</summary>
    [Range(1, 1_000_000)]
    public int ValidationUsers { get; set; } = 1000;

    /// <summary>How many of its best items each component brings into the blend. More make a list slower and change its first places little.</summary>
    [Range(1, 10_000)]
    public int CandidatesPerComponent { get; set; } = 100;

    /// <summary>The length of the lists whose nDCG the weights maximise.</summary>
    [Range(1, 1000)]
    public int CutOff { get; set; } = 10;

    /// <summary>How many searches begin at weights drawn by chance, beside those that begin at equal weights and at the best component.</summary>
    [Range(0, 1000)]
    public int Restarts { get; set; } = 2;

    internal IReadOnlyList<string> ComponentNames => [.. Names(Components).Select(TrainerRegistry.NameOf)];

    internal IReadOnlyList<string> FallbackNames => [.. Names(Fallbacks).Select(TrainerRegistry.NameOf)];

    IReadOnlyList<string> IComposedOptions.TrainerNames => [.. ComponentNames.Union(FallbackNames, StringComparer.Ordinal)];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (ComponentNames.Count == 0)
            yield return new ValidationResult("Components must name a trainer.", [nameof(Components)]);
        if (ComponentNames.Distinct(StringComparer.Ordinal).Count() < ComponentNames.Count)
            yield return new ValidationResult("Components must name no trainer twice.", [nameof(Components)]);
        if (Weights.Length > 0 && GivenWeights() is null)
            yield return new ValidationResult("Weights must be one number of at least 0 per component, and not all 0.", [nameof(Weights)]);
    }

    /// <summary>The weights that were given, summing to 1; null when there are none, or none that can be used.</summary>
    internal float[]? GivenWeights()
    {
        var weights = new List<float>();
        foreach (var text in Names(Weights))
        {
            if (!float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var weight) || !(weight >= 0) || !float.IsFinite(weight))
                return null;
            weights.Add(weight);
        }

        var sum = weights.Sum();
        return weights.Count == ComponentNames.Count && sum > 0 ? [.. weights.Select(weight => weight / sum)] : null;
    }

    int ISearchable.CountSearchDimensions() => ComponentNames.Count;

    /// <summary>The largest weight is 1; where they are learned, all are.</summary>
    void ISearchable.ReadSearchPoint(Span<double> point)
    {
        point.Fill(1);
        if (GivenWeights() is not { } weights)
            return;
        for (var component = 0; component < weights.Length; component++)
            point[component] = weights[component] / weights.Max();
    }

    void ISearchable.ApplySearchPoint(ReadOnlySpan<double> point)
    {
        var weights = point.ToArray();
        if (weights.Max() <= 0)
            Array.Fill(weights, 1);
        Weights = string.Join(',', weights.Select(weight => weight.ToString("0.###", CultureInfo.InvariantCulture)));
    }

    private static string[] Names(string text) => text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
