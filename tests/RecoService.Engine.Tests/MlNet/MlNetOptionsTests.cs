using System.ComponentModel.DataAnnotations;
using RecoService.MlNet;

namespace RecoService.Engine.Tests.MlNet;

public sealed class MlNetOptionsTests
{
    public static TheoryData<string, MlNetOptions> Invalid() => new()
    {
        { nameof(MlNetOptions.Loss), new MlNetOptions { Loss = "hinge" } },
        { nameof(MlNetOptions.Loss), new MlNetOptions { Loss = null! } },
        { nameof(MlNetOptions.Factors), new MlNetOptions { Factors = 0 } },
        { nameof(MlNetOptions.Epochs), new MlNetOptions { Epochs = 0 } },
        { nameof(MlNetOptions.LearningRate), new MlNetOptions { LearningRate = 0 } },
        { nameof(MlNetOptions.LearningRate), new MlNetOptions { LearningRate = double.NaN } },
        { nameof(MlNetOptions.Regularization), new MlNetOptions { Regularization = 0 } },
        { nameof(MlNetOptions.Regularization), new MlNetOptions { Regularization = double.PositiveInfinity } },
        { nameof(MlNetOptions.Alpha), new MlNetOptions { Alpha = 0 } },
        { nameof(MlNetOptions.C), new MlNetOptions { C = double.NaN } },
        { nameof(MlNetOptions.C), new MlNetOptions { C = 1.2 } },
        { nameof(MlNetOptions.Threads), new MlNetOptions { Threads = 0 } },
        { nameof(MlNetOptions.NonNegative), new MlNetOptions { Loss = MlNetOptions.OneClassLoss, NonNegative = true } },
    };

    [Fact]
    public void Validate_Defaults_AreValid() => Assert.Empty(ErrorsOf(new MlNetOptions()));

    [Fact]
    public void Validate_NonNegativeWithSquaredLoss_IsValid() =>
        Assert.Empty(ErrorsOf(new MlNetOptions { Loss = MlNetOptions.SquaredLoss, NonNegative = true }));

    [Theory]
    [MemberData(nameof(Invalid), DisableDiscoveryEnumeration = true)]
    public void Validate_BadOption_NamesIt(string option, MlNetOptions options) =>
        Assert.Contains(ErrorsOf(options), error => error.MemberNames.Contains(option));

    [Theory]
    [MemberData(nameof(Invalid), DisableDiscoveryEnumeration = true)]
    public void Constructor_BadOption_ThrowsBeforeTraining(string option, MlNetOptions options)
    {
        var exception = Assert.Throws<ValidationException>(() => new MlNetTrainer(options, (_, _, _, _) => throw new InvalidOperationException("Must not be called.")));

        Assert.Contains(option, exception.ValidationResult.MemberNames);
    }

    private static List<ValidationResult> ErrorsOf(MlNetOptions options)
    {
        var errors = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), errors, validateAllProperties: true);
        return errors;
    }
}
