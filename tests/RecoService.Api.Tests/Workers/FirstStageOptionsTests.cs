using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using RecoService.Api.Workers;
using RecoService.Engine.Algorithms.Ranking;
using RecoService.Engine.Evaluation;
using RecoService.Engine.Training;
using RecoService.Engine.Tuning;

namespace RecoService.Api.Tests.Workers;

public sealed class FirstStageOptionsTests
{
    private static readonly OptionsSchema Schema = FirstStageOptions.AddTo(OptionsSchema.Read(JsonElement.Parse("{}")));

    [Fact]
    public void AddTo_EveryOptionOfTheEngine_HasItsDefaultRangeAndSearch()
    {
        var defaults = new TwoStageOptions();
        var properties = typeof(TwoStageOptions).GetProperties().Where(property => property.Name != nameof(TwoStageOptions.Trainers)).ToList();

        Assert.Equal(properties.Select(property => property.Name), Schema.Options.Select(option => char.ToUpperInvariant(option.Name[0]) + option.Name[1..]));
        foreach (var (property, option) in properties.Zip(Schema.Options))
        {
            Assert.Equal(property.GetValue(defaults)!.ToString(), Convert.ToString(option.Default, CultureInfo.InvariantCulture), ignoreCase: true);
            if (property.GetCustomAttribute<RangeAttribute>() is { } range)
                Assert.Equal((Convert.ToDouble(range.Minimum), Convert.ToDouble(range.Maximum)), (option.Minimum, option.Maximum));
            if (property.PropertyType.IsEnum)
                Assert.Equal(Enum.GetNames(property.PropertyType), option.Choices, StringComparer.OrdinalIgnoreCase);
            var search = property.GetCustomAttribute<SearchAttribute>();
            Assert.Equal(search is null ? null : new SearchRange(search.Low, search.High, search.Logarithmic), option.Search);
        }
    }

    [Fact]
    public void Of_EveryValue_IsTakenOver()
    {
        var options = DescribedOptions.Parse(Schema, JsonElement.Parse("""
            { "candidateTrainer": "slim", "candidates": 9, "negativesPerPositive": 8, "validationCut": "last", "validationFraction": 0.3, "validationUsers": 7 }
            """));

        var read = FirstStageOptions.Of(options);

        Assert.Equal(
            ("slim", 9, 8, ValidationCut.Last, 0.3, 7),
            (read.CandidateTrainer, read.Candidates, read.NegativesPerPositive, read.ValidationCut, read.ValidationFraction, read.ValidationUsers));
        Assert.Same(options.Trainers, read.Trainers);
    }
}
