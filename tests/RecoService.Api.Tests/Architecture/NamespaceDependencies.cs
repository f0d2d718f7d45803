using Mono.Cecil;
using Mono.Cecil.Rocks;

namespace RecoService.Api.Tests.Architecture;

/// <summary>Which namespaces of an assembly use which, in signatures and in bodies, with one use of each as the witness.</summary>
internal sealed class NamespaceDependencies
{
    private readonly SortedDictionary<string, SortedDictionary<string, string>> uses = new(StringComparer.Ordinal);

    public NamespaceDependencies(string assemblyPath)
    {
        using var assembly = AssemblyDefinition.ReadAssembly(assemblyPath);
        var root = assembly.Name.Name;
        foreach (var type in assembly.MainModule.GetAllTypes())
        {
            var from = NamespaceOf(type);
            foreach (var used in TypesUsedBy(type).Where(used => used.Scope is ModuleDefinition))
            {
                var to = NamespaceOf(used);
                if (from.StartsWith(root, StringComparison.Ordinal) && to.StartsWith(root, StringComparison.Ordinal) && to != from)
                    UsesOf(from).TryAdd(to, $"{Outermost(type).Name} uses {Outermost(used).Name}");
            }
        }
    }

    /// <summary>The groups of namespaces that use each other around a ring, each use within it on a line of its own.</summary>
    public IReadOnlyList<string> Rings()
    {
        var rings = new List<string>();
        var left = uses.Keys.ToHashSet(StringComparer.Ordinal);
        while (left.Count > 0)
        {
            var first = left.First();
            var ring = ReachedFrom(first).Where(other => other == first || ReachedFrom(other).Contains(first)).ToHashSet(StringComparer.Ordinal);
            left.ExceptWith(ring);
            left.Remove(first);
            if (ring.Count > 1)
                rings.AddRange(from user in ring.Order(StringComparer.Ordinal) from use in UsesOf(user) where ring.Contains(use.Key) select $"{user} -> {use.Key}: {use.Value}");
        }

        return rings;
    }

    private HashSet<string> ReachedFrom(string start)
    {
        var reached = new HashSet<string>(StringComparer.Ordinal);
        var open = new Stack<string>([start]);
        while (open.TryPop(out var next))
        {
            foreach (var use in uses.TryGetValue(next, out var found) ? found.Keys : Enumerable.Empty<string>())
            {
                if (reached.Add(use))
                    open.Push(use);
            }
        }

        return reached;
    }

    private SortedDictionary<string, string> UsesOf(string from)
    {
        if (!uses.TryGetValue(from, out var found))
            uses.Add(from, found = new SortedDictionary<string, string>(StringComparer.Ordinal));
        return found;
    }

    private static IEnumerable<TypeReference> TypesUsedBy(TypeDefinition type)
    {
        IEnumerable<TypeReference?> used =
        [
            type.BaseType, .. type.Interfaces.Select(implemented => implemented.InterfaceType), .. type.Fields.Select(field => field.FieldType),
            .. AttributesOf(type), .. type.Fields.SelectMany(AttributesOf), .. type.Properties.SelectMany(AttributesOf), .. type.Methods.SelectMany(TypesUsedBy),
        ];
        return used.SelectMany(Parts);
    }

    private static IEnumerable<TypeReference?> TypesUsedBy(MethodDefinition method)
    {
        IEnumerable<TypeReference?> signature = [method.ReturnType, .. method.Parameters.Select(parameter => parameter.ParameterType), .. AttributesOf(method)];
        return method.HasBody
            ? [.. signature, .. method.Body.Variables.Select(variable => variable.VariableType), .. method.Body.Instructions.SelectMany(instruction => TypesIn(instruction.Operand))]
            : signature;
    }

    private static IEnumerable<TypeReference?> TypesIn(object? operand) => operand switch
    {
        TypeReference type => [type],
        GenericInstanceMethod method => [method.DeclaringType, .. method.GenericArguments],
        MemberReference member => [member.DeclaringType],
        _ => [],
    };

    private static IEnumerable<TypeReference> AttributesOf(ICustomAttributeProvider marked) => marked.CustomAttributes.Select(attribute => attribute.AttributeType);

    private static IEnumerable<TypeReference> Parts(TypeReference? type) => type switch
    {
        null or GenericParameter => [],
        GenericInstanceType generic => [generic.ElementType, .. generic.GenericArguments.SelectMany(Parts)],
        TypeSpecification wrapped => Parts(wrapped.ElementType),
        _ => [type],
    };

    private static string NamespaceOf(TypeReference type) => Outermost(type).Namespace;

    private static TypeReference Outermost(TypeReference type) => type.DeclaringType is null ? type : Outermost(type.DeclaringType);
}
