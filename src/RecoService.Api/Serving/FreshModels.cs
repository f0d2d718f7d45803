using RecoService.Engine.Models;

namespace RecoService.Api.Serving;

/// <summary>The models that a run of this process is publishing, so that nobody reads back from the store what is at hand. Models never change.</summary>
internal sealed class FreshModels
{
    private volatile Dictionary<int, IScorer> models = [];

    /// <summary>Keeps models for whoever loads them, until the answer is disposed of.</summary>
    public IDisposable Hold(IEnumerable<(int Version, IScorer Model)> made)
    {
        models = made.ToDictionary(model => model.Version, model => model.Model);
        return new Holding(this);
    }

    /// <summary>Null: it has to be read from the store.</summary>
    public IScorer? Find(int version) => models.GetValueOrDefault(version);

    private sealed class Holding(FreshModels fresh) : IDisposable
    {
        public void Dispose() => fresh.models = [];
    }
}
