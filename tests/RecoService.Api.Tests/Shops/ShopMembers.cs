using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using RecoService.Api.Settings;
using RecoService.Api.Shops;

namespace RecoService.Api.Tests.Shops;

/// <summary>The classes that a shop is made of, found by following its fields. Where they end is what the factory is given: that is the process's.</summary>
internal static class ShopMembers
{
    private const BindingFlags OwnFields = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    /// <summary>The one that leads to the shops, and the configuration that they are made from.</summary>
    private static readonly Type[] Exempt = [typeof(ShopDirectory), typeof(RecoSettings)];

    public static IReadOnlySet<Type> All { get; } = Find();

    /// <summary>Singletons that belong to a shop, or that have hold of something that does.</summary>
    /// <param name="services">What is registered.</param>
    /// <param name="hosted">What the host starts; how it is registered does not say what it is.</param>
    public static IReadOnlyList<string> Among(IServiceCollection services, IEnumerable<IHostedService> hosted)
    {
        var types = services.Where(service => service is { Lifetime: ServiceLifetime.Singleton, IsKeyedService: false })
            .SelectMany(service => new[] { service.ServiceType, service.ImplementationType, service.ImplementationInstance?.GetType() })
            .Concat(hosted.Select(service => service.GetType())).OfType<Type>().Distinct().Except(Exempt);
        return [.. types.Where(type => All.Contains(type) || FieldsOf(type).SelectMany(PartsOf).Any(All.Contains)).Select(type => type.Name).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }

    private static HashSet<Type> Find()
    {
        var ofProcess = typeof(ShopFactory).GetConstructors().Single().GetParameters().Select(parameter => parameter.ParameterType).ToHashSet();
        var found = new HashSet<Type>();
        var open = new Stack<Type>([typeof(Shop)]);
        while (open.TryPop(out var type))
        {
            if (ofProcess.Contains(type) || !found.Add(type))
                continue;
            foreach (var part in FieldsOf(type).SelectMany(PartsOf))
                open.Push(part);
        }

        return found;
    }

    private static IEnumerable<Type> FieldsOf(Type type)
    {
        for (var declaring = type; declaring is not null && IsOurs(declaring); declaring = declaring.BaseType)
        {
            foreach (var field in declaring.GetFields(OwnFields))
                yield return field.FieldType;
        }
    }

    /// <summary>The classes of this service in a field's type, as <c>B</c> in <c>IReadOnlyList&lt;B&gt;</c>.</summary>
    private static IEnumerable<Type> PartsOf(Type type)
    {
        if (type.HasElementType)
            return PartsOf(type.GetElementType()!);
        var parts = type.IsGenericType && !IsLogger(type) ? type.GetGenericArguments().SelectMany(PartsOf) : [];
        return IsOurs(type) && type.IsClass && !typeof(Delegate).IsAssignableFrom(type) ? parts.Append(type) : parts;
    }

    private static bool IsLogger(Type type) => type.Namespace == "Microsoft.Extensions.Logging";

    private static bool IsOurs(Type type) => type.Assembly.GetName().Name!.StartsWith("RecoService.", StringComparison.Ordinal);
}
