namespace RecoService.Engine.Data;

/// <param name="Train">Everything before <paramref name="CutTime"/>.</param>
/// <param name="Holdout">Everything from then on.</param>
/// <param name="CutTime">Unix milliseconds.</param>
public sealed record TemporalSplit(InteractionDataset Train, InteractionDataset Holdout, long CutTime) : DataSplit(Train, Holdout)
{
    public override long? TimeOfLists => CutTime;
}
