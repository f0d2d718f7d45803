namespace RecoService.Engine.Snapshots;

/// <summary>A model with a stored form: numbers and keys, never ids or histories. Its reader stands beside it, and both in <see cref="ModelSerializer"/>.</summary>
internal interface IStoredModel
{
    void Write(ChecksummedWriter writer);
}
