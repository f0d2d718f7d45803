namespace RecoService.Engine.Training;

/// <summary>When a trainer is among those of which a run picks its recommender by trying. Naming it as a candidate does without this.</summary>
public enum AutoUse
{
    /// <summary>In every run.</summary>
    Always,

    /// <summary>Once a model serves: it takes too long for a shop that waits for its first.</summary>
    AfterTheFirstModel,

    /// <summary>In every run where what users want most may be taken again: elsewhere they have nothing to say that others do not say better.</summary>
    WhereItemsRepeat,

    /// <summary>In none.</summary>
    Never,
}
