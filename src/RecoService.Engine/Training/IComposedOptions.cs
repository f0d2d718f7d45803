namespace RecoService.Engine.Training;

/// <summary>Options of a trainer that is made of others, and that hold the options of each, so that they say all there is to say of a model.</summary>
public interface IComposedOptions
{
    /// <summary>The names of the trainers it is made of.</summary>
    IReadOnlyList<string> TrainerNames { get; }

    /// <summary>The options of those trainers by name; one without an entry takes them from <c>TrainerRegistry.OptionsOf</c>.</summary>
    Dictionary<string, object> Trainers { get; }
}
