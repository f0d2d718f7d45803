using RecoService.Api.Tests.Service;

namespace RecoService.Console.Tests.Pages;

/// <summary>Services in which many tests log in from one address.</summary>
public sealed class ConsoleServices : SharedServices
{
    /// <summary>More tries than a class of tests makes.</summary>
    public const string ManyTries = "--Reco:Console:LogInTriesPerMinute=100000";

    protected override string[] Settings => [ManyTries];
}
