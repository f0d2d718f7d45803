using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Snapshots;

namespace RecoService.Engine.Algorithms.Factors;

/// <summary>
/// How a user gets factors from their history against the item factors of a trained model, as the model's own training would give them.
/// Holds parameters alone and is stored with the model. Immutable.
/// </summary>
public abstract class FoldIn : IStored
{
    private protected FoldIn()
    {
    }

    /// <summary>What of a history must change before a trained row no longer holds.</summary>
    internal abstract HistoryNeeds Needs { get; }

    /// <summary>Whether its encoder is an <see cref="ILinearEncoder"/>.</summary>
    internal virtual bool IsLinear => false;

    StoredFormat IStored.Format => Format;

    private protected abstract StoredFormat Format { get; }

    /// <summary>Prepares what all users share, which takes no longer than going through the items once.</summary>
    internal abstract IUserEncoder Over(FactorModel model);

    void IStored.Write(ModelWriter writer) => WriteParameters(writer);

    private protected abstract void WriteParameters(ModelWriter writer);
}
