namespace RecoService.Api.Simulation;

/// <summary>A simulated shop.</summary>
internal sealed record SimulationOptions
{
    /// <summary>How many users, 1 or more.</summary>
    public int Users { get; init; } = 200;

    /// <summary>Visits of all users together, 1 or more.</summary>
    public int Visits { get; init; } = 2_000;

    /// <summary>Of what the users like and do.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>How many users are there at once, 1 or more.</summary>
    public int Parallel { get; init; } = 4;

    /// <summary>The lists of a page.</summary>
    public IReadOnlyList<string> Placements { get; init; } = ["home", "popular"];

    /// <summary>A number behind it is the user's id.</summary>
    public string UserPrefix { get; init; } = "simulated-";
}
