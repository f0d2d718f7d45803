using System.CodeDom.Compiler;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace RecoService.Api.Tests.Architecture;

/// <summary>A shop is a database and one process may host several: nothing that changes may be static.</summary>
public sealed class StaticStateTests
{
    private const BindingFlags DeclaredStatic = BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    [Fact]
    public void Source_StaticFields_AreReadOnly() =>
        Assert.Empty(Repository.SourceAssemblies.SelectMany(assembly => assembly.GetTypes()).SelectMany(MutableStatics));

    [Fact]
    public void MutableStatics_FieldAndProperty_AreFound() =>
        Assert.Equal(["Mutable.<Property>k__BackingField", "Mutable.Field"], MutableStatics(typeof(Mutable)).Order(StringComparer.Ordinal));

    [Fact]
    public void MutableStatics_ReadOnlyConstantAndLambda_AreNot() =>
        Assert.Empty(MutableStatics(typeof(Immutable)).Concat(typeof(Immutable).GetNestedTypes(BindingFlags.NonPublic).SelectMany(MutableStatics)));

    private static IEnumerable<string> MutableStatics(Type type) =>
        from field in type.GetFields(DeclaredStatic)
        where !field.IsInitOnly && !field.IsLiteral && !IsGenerated(type) && (IsBackingField(field) || !IsGenerated(field))
        select $"{type.Name}.{field.Name}";

    // A settable static property is ours even though the compiler writes its field; caches of lambdas are not.
    private static bool IsBackingField(FieldInfo field) => field.Name.EndsWith(">k__BackingField", StringComparison.Ordinal);

    private static bool IsGenerated(MemberInfo member) =>
        member.IsDefined(typeof(CompilerGeneratedAttribute)) || member.IsDefined(typeof(GeneratedCodeAttribute)) || (member.DeclaringType is { } outer && IsGenerated(outer));

    private static class Mutable
    {
        public static int Field = 1;

        public static int Property { get; set; } = Field;
    }

    private static class Immutable
    {
        public const int Constant = 1;

        public static readonly int Field = 2;

        public static Func<int, int> Cached { get; } = value => value + Field;
    }
}
