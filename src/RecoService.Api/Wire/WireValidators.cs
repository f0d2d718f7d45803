using RecoService.Engine.Data;

namespace RecoService.Api.Wire;

/// <summary>Turn what clients send into what the store and the engine take, by the kinds that a shop knows. Thread-safe.</summary>
internal sealed class WireValidators
{
    public WireValidators(InteractionKinds kinds, WireLimits limits, TimeProvider time)
    {
        (Kinds, Limits) = (kinds, limits);
        Interactions = new InteractionValidator(kinds, limits, time);
        Sessions = new SessionValidator(Interactions, limits, time);
        Items = new ItemValidator(limits, time);
        Users = new UserValidator(limits);
    }

    public InteractionKinds Kinds { get; }

    public WireLimits Limits { get; }

    public InteractionValidator Interactions { get; }

    public SessionValidator Sessions { get; }

    public ItemValidator Items { get; }

    public UserValidator Users { get; }
}
