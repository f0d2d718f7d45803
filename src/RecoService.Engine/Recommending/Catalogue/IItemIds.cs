namespace RecoService.Engine.Recommending.Catalogue;

/// <summary>The external ids of the items of a catalogue, by item index. Items come and never go. Readers take no lock.</summary>
public interface IItemIds
{
    int Count { get; }

    /// <summary>The id of an item below <see cref="Count"/>.</summary>
    string this[int index] { get; }

    bool TryGetIndex(string id, out int index);
}
