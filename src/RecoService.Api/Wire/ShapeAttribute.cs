namespace RecoService.Api.Wire;

/// <summary>Describes a member that is passed on as JSON: the type whose shape it has.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class ShapeAttribute(Type type) : Attribute
{
    public Type Type { get; } = type;
}
