namespace RecoService.Engine.Data;

/// <summary>What is known of a user beyond what they did, as given at registration.</summary>
public sealed record UserContent
{
    /// <summary>Texts and flags, each as <c>name=value</c>; of a list, one per entry.</summary>
    public IReadOnlyList<string> Attributes { get; init; } = [];

    /// <summary>Numbers by name, each finite.</summary>
    public IReadOnlyList<UserNumber> Numbers { get; init; } = [];

    /// <summary>Whether nothing is known.</summary>
    public bool IsEmpty => Attributes.Count == 0 && Numbers.Count == 0;
}

/// <param name="Name">The attribute's.</param>
/// <param name="Value">Finite.</param>
public readonly record struct UserNumber(string Name, double Value);
