namespace RecoService.Engine.Training;

/// <summary>Marks a dictionary whose keys are trainer names and whose values are those trainers' options.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class OptionsByTrainerNameAttribute : Attribute;
