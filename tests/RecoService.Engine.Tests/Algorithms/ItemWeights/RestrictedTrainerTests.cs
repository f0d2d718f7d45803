using RecoService.Engine.Algorithms.Ease;
using RecoService.Engine.Algorithms.Sequence;
using RecoService.Engine.Algorithms.Slim;
using RecoService.Engine.Tests.Training;
using RecoService.Engine.Training;

namespace RecoService.Engine.Tests.Algorithms.ItemWeights;

/// <summary>The contracts of trainers for <c>ease</c> beyond its <c>MaxItems</c>.</summary>
public sealed class RestrictedEaseTrainerTests : CollaborativeTrainerContract
{
    protected override double QualityFloor => 0.5;

    protected override bool KnowsLonelyPair => false;

    protected override bool UsesSeed => false;

    protected override ITrainer CreateTrainer() => new EaseTrainer(new EaseOptions { Regularization = 10, MaxItems = 1, RestrictedNeighbours = 40 });
}

/// <summary>The same for <c>slim</c>.</summary>
public sealed class RestrictedSlimTrainerTests : CollaborativeTrainerContract
{
    protected override double QualityFloor => 0.5;

    protected override bool KnowsLonelyPair => false;

    protected override bool UsesSeed => false;

    protected override ITrainer CreateTrainer() => new SlimTrainer(new SlimOptions { L1Regularization = 0.5f, L2Regularization = 5, MaxItems = 1, RestrictedNeighbours = 40 });
}

/// <summary>The same for <c>sequence</c>.</summary>
public sealed class RestrictedSequenceTrainerTests : CollaborativeTrainerContract
{
    protected override double QualityFloor => 0.5;

    protected override bool KnowsLonelyPair => false;

    protected override bool UsesSeed => false;

    protected override ITrainer CreateTrainer() =>
        new SequenceTrainer(new SequenceOptions { Regularization = 10, Decay = 0.9f, OrderFreeShare = 0.5f, MaxItems = 1, RestrictedNeighbours = 40 });
}
