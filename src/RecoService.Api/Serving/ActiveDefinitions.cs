using RecoService.Storage;

namespace RecoService.Api.Serving;

/// <summary>The rules or the experiments of a shop as they act on lists, made anew when the stored ones have changed.</summary>
/// <param name="stored">As the store has them.</param>
/// <param name="make">Makes of them what acts.</param>
internal sealed class ActiveDefinitions<T>(LiveDefinitions stored, Func<StoredDefinitions, T> make)
{
    private volatile Made? made;

    /// <summary>To be read once per request.</summary>
    public T Current
    {
        get
        {
            var (known, now) = (made, stored.Current);
            return (known is not null && ReferenceEquals(known.Stored, now) ? known : made = new Made(now, make(now))).Acting;
        }
    }

    private sealed record Made(StoredDefinitions Stored, T Acting);
}
