using System.ComponentModel.DataAnnotations;
using RecoService.Engine.Algorithms;
using RecoService.Engine.Algorithms.Hybrid;
using RecoService.Engine.Training;
using RecoService.Engine.Tuning;

namespace RecoService.Engine.Tests.Tuning;

public sealed class SearchSpaceTests
{
    [Fact]
    public void At_Places_AreValuesBetweenTheEnds()
    {
        var space = Space(new Mixed());

        var low = (Mixed)space.At([0, 0, 0, 0]);
        var middle = (Mixed)space.At([0.5, 0.5, 0.5, 0.5]);
        var high = (Mixed)space.At([1, 1, 1, 1]);

        Assert.Equivalent(new Mixed { Even = 2, Scale = 0.01f, Flavour = Flavour.Sweet, Perhaps = null }, low);
        // The middle of 0.01 to 100 in its logarithm is 1; "none" takes the first half of a nullable one, so 0.5 is its lowest value.
        Assert.Equivalent(new Mixed { Even = 6, Scale = 1, Flavour = Flavour.Salty, Perhaps = 5 }, middle);
        Assert.Equivalent(new Mixed { Even = 10, Scale = 100, Flavour = Flavour.Bitter, Perhaps = 25 }, high);
    }

    [Fact]
    public void At_Numbers_HaveThreeDigits() => Assert.Equal(0.0398f, ((Mixed)Space(new Mixed()).At([0, 0.15, 0, 0])).Scale);

    [Fact]
    public void Centre_ConfiguredValues_AreFoundAgain()
    {
        var configured = new Mixed { Even = 7, Scale = 5, Flavour = Flavour.Bitter, Perhaps = 20, Fixed = 9 };
        var space = Space(configured);

        Assert.Equivalent(configured, space.At(space.Centre));
        var without = Space(new Mixed { Perhaps = null, Even = 99 });
        Assert.Equivalent(new Mixed { Perhaps = null, Even = 10, Scale = 0.01f }, without.At(without.Centre));
    }

    [Fact]
    public void At_OptionsWithAPartOfTheirOwn_MapItThemselves()
    {
        var space = Space(new Blend { Weights = { ["a"] = 0.25, ["b"] = 0.5 } });

        Assert.Equal([0.5, 0.25, 0.5], space.Centre.ToArray());
        var drawn = (Blend)space.At([1, 0.75, 0]);
        Assert.Equal((10, 0.75, 0), (drawn.Depth, drawn.Weights["a"], drawn.Weights["b"]));
    }

    [Fact]
    public void At_AShareOfTheEpochs_ShortensTheTraining()
    {
        var space = Space(new Iterative());

        Assert.True(space.CanBeShorter);
        Assert.Equal([40, 13, 1], new[] { 1, 1.0 / 3, 0.001 }.Select(share => ((Iterative)space.At([0.5], share)).Epochs));
        // What is drawn is shortened, not what was configured.
        Assert.Equal(50, ((Iterative)space.At([1], 0.5)).Epochs);
        Assert.False(Space(new Mixed()).CanBeShorter);
        Assert.Equal(6, ((Mixed)Space(new Mixed()).At([0.5, 0.5, 0.5, 0.5], 0.1)).Even);
    }

    [Theory]
    [InlineData("implicit-als", true)]
    [InlineData("bpr", true)]
    [InlineData("biased-mf", true)]
    [InlineData("svd++", true)]
    [InlineData("nmf", true)]
    [InlineData("ease", false)]
    public void CanBeShorter_ATrainingInEpochs(string trainer, bool expected) => Assert.Equal(expected, SpaceOf(trainer).CanBeShorter);

    [Fact]
    public void Constructor_NumbersUnsuitable_NameTheProperty()
    {
        Assert.Contains("NoEnds.Value", Assert.Throws<ArgumentException>(() => Space(new NoEnds())).Message, StringComparison.Ordinal);
        Assert.Contains("FromZero.Value", Assert.Throws<ArgumentException>(() => Space(new FromZero())).Message, StringComparison.Ordinal);
    }

    public static TheoryData<string> BuiltIn() => [.. BuiltInTrainers.Registry.Names];

    [Theory]
    [MemberData(nameof(BuiltIn))]
    public void At_AnyPointOfABuiltInTrainer_GivesValidOptions(string name)
    {
        var space = SpaceOf(name);
        for (var draw = 0; draw < 50; draw++)
        {
            var draws = new ConfigurationDraws(1, draw);
            var point = draw < 2 ? [.. Enumerable.Repeat((double)draw, space.Dimensions)] : draws.Anywhere(space.Dimensions);
            var options = space.At(point);
            Validator.ValidateObject(options, new ValidationContext(options), validateAllProperties: true);
        }
    }

    [Theory]
    [MemberData(nameof(BuiltIn))]
    public void Dimensions_AnyBuiltInTrainer_HaveSome(string name) => Assert.NotEqual(0, SpaceOf(name).Dimensions);

    [Fact]
    public void At_Hybrid_IsABlendOfItsComponents()
    {
        var space = Space(new HybridOptions { Components = "ease,slim,bpr", Weights = "1,4,0" });

        Assert.Equal([0.25, 1, 0], space.Centre.ToArray());
        Assert.Equal("0.5,0,0.125", ((HybridOptions)space.At([0.5, 0, 0.125])).Weights);
        Assert.Equal("1,1,1", ((HybridOptions)space.At([0, 0, 0])).Weights);
    }

    [Fact]
    public void Around_Draws_StayInTheCubeAndNearer()
    {
        double[] centre = [0.5, 0.99, 0];
        var points = Enumerable.Range(0, 500).Select(stream => new ConfigurationDraws(3, stream).Around(centre)).ToList();

        Assert.All(points.SelectMany(point => point), position => Assert.InRange(position, 0, 1));
        // Anywhere is 0.25 away on average; the steps' mean is about 0.1, of which a normal draw's mean size is 0.8.
        Assert.InRange(points.Average(point => Math.Abs(point[0] - 0.5)), 0.05, 0.12);
    }

    private static SearchSpace SpaceOf(string name) =>
        new(BuiltInTrainers.Registry, name, Activator.CreateInstance(BuiltInTrainers.Registry.OptionsTypeOf(name))!);

    private static SearchSpace Space<TOptions>(TOptions options)
        where TOptions : class, new() =>
        new(BuiltInTrainers.Registry.With<TOptions>("some", _ => throw new NotSupportedException()), "some", options);

    private enum Flavour
    {
        Sweet,
        Salty,
        Bitter,
    }

    private sealed class Mixed
    {
        [Search(2, 10)]
        public int Even { get; set; }

        [Search(0.01, 100, Logarithmic = true)]
        public float Scale { get; set; }

        [Search]
        public Flavour Flavour { get; set; }

        [Search(5, 25)]
        public double? Perhaps { get; set; }

        public int Fixed { get; set; }
    }

    private sealed class Iterative
    {
        [Search(16, 100, Logarithmic = true)]
        [Resource]
        public int Epochs { get; set; } = 10;
    }

    private sealed class NoEnds
    {
        [Search]
        public double Value { get; set; }
    }

    private sealed class FromZero
    {
        [Search(0, 1, Logarithmic = true)]
        public double Value { get; set; }
    }

    private sealed class Blend : ISearchable
    {
        [Search(0, 10)]
        public int Depth { get; set; } = 5;

        public Dictionary<string, double> Weights { get; set; } = [];

        public int CountSearchDimensions() => Weights.Count;

        public void ReadSearchPoint(Span<double> point)
        {
            var position = 0;
            foreach (var name in Weights.Keys.Order(StringComparer.Ordinal))
                point[position++] = Weights[name];
        }

        public void ApplySearchPoint(ReadOnlySpan<double> point)
        {
            var position = 0;
            foreach (var name in Weights.Keys.Order(StringComparer.Ordinal).ToList())
                Weights[name] = point[position++];
        }
    }
}
