namespace RecoService.Engine.Training;

/// <summary>
/// Marks the whole number that a training's time grows with, as its epochs: a search gives less of it to a first look at options ("resource" in Jamieson, Talwalkar, "Non-stochastic Best Arm
/// Identification and Hyperparameter Optimization", AISTATS 2016).
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ResourceAttribute : Attribute;
