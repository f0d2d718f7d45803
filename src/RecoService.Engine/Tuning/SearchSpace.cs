using System.Reflection;
using RecoService.Engine.Training;

namespace RecoService.Engine.Tuning;

/// <summary>What a search may change of a trainer's options, as a cube: a point of it is a configuration. The rest stays as it was configured.</summary>
internal sealed class SearchSpace
{
    private readonly TrainerRegistry registry;
    private readonly string trainer;
    private readonly string initial;
    private readonly SearchDimension[] dimensions;
    private readonly double[] centre;
    private readonly PropertyInfo? resource;

    /// <param name="registry">Knows the trainer.</param>
    /// <param name="trainer">Its name.</param>
    /// <param name="options">The options as they are configured.</param>
    /// <exception cref="ArgumentException">The name is not registered, or the options are not of its type.</exception>
    public SearchSpace(TrainerRegistry registry, string trainer, object options)
    {
        this.registry = registry;
        this.trainer = trainer;
        initial = registry.Serialize(trainer, options);
        dimensions =
        [
            .. from property in options.GetType().GetProperties()
               let mark = property.GetCustomAttribute<SearchAttribute>()
               where mark is not null
               select new SearchDimension(property, mark),
        ];
        centre = PointOf(options);
        resource = Array.Find(options.GetType().GetProperties(), property => property.IsDefined(typeof(ResourceAttribute)));
    }

    /// <summary>Whether a configuration can be trained for a shorter time: <see cref="ResourceAttribute"/>.</summary>
    public bool CanBeShorter => resource is not null;

    /// <summary>0 when there is nothing to search.</summary>
    public int Dimensions => centre.Length;

    /// <summary>The place of the configured options.</summary>
    public ReadOnlySpan<double> Centre => centre;

    /// <summary>The place of options of the same trainer.</summary>
    public double[] PointOf(object options)
    {
        var point = new double[dimensions.Length + ((options as ISearchable)?.CountSearchDimensions() ?? 0)];
        for (var dimension = 0; dimension < dimensions.Length; dimension++)
            point[dimension] = dimensions[dimension].Read(options);
        (options as ISearchable)?.ReadSearchPoint(point.AsSpan(dimensions.Length));
        return point;
    }

    /// <summary>The options that a point stands for, new with every call.</summary>
    /// <param name="point">One number in 0..1 per dimension.</param>
    /// <param name="share">Of the training's epochs, above 0 to 1, where it has any.</param>
    public object At(ReadOnlySpan<double> point, double share = 1)
    {
        var options = registry.Deserialize(trainer, initial);
        for (var dimension = 0; dimension < dimensions.Length; dimension++)
            dimensions[dimension].Apply(options, point[dimension]);
        (options as ISearchable)?.ApplySearchPoint(point[dimensions.Length..]);
        if (share < 1)
            resource?.SetValue(options, Math.Max(1, (int)Math.Round(share * (int)resource.GetValue(options)!)));
        return options;
    }
}
