namespace RecoService.Api.Settings;

/// <summary>Marks a dictionary whose keys are trainer names and whose values are those trainers' options.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class OptionsByTrainerNameAttribute : Attribute;
