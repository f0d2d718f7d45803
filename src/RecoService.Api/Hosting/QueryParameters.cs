using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.Primitives;
using RecoService.Api.Wire;

namespace RecoService.Api.Hosting;

/// <summary>A query parameter that a call reads itself, as metadata of its endpoint; those of a handler's signature are known without it.</summary>
/// <param name="Name">As in the query; case counts.</param>
/// <param name="IsRepeatable">It may stand more than once.</param>
internal sealed record QueryParameter(string Name, bool IsRepeatable = false);

/// <summary>What a call takes in its query. Anything else is refused by name, because an ignored parameter gives a wrong answer that looks right.</summary>
internal sealed class QueryParameters
{
    private readonly QueryParameter[] known;
    private readonly string names;

    private QueryParameters(QueryParameter[] known, bool takesBody)
    {
        this.known = known;
        names = known.Length > 0 ? $"known are {string.Join(", ", known.Select(parameter => parameter.Name).Order(StringComparer.Ordinal))}"
            : takesBody ? "this call takes its fields in the body" : "this call takes none";
    }

    /// <summary>Finds out what an endpoint takes, once, when it is built.</summary>
    public static void AddTo(EndpointBuilder builder)
    {
        var inPath = builder is RouteEndpointBuilder route ? route.RoutePattern.Parameters.Select(parameter => parameter.Name).ToHashSet(StringComparer.OrdinalIgnoreCase) : [];
        var ofHandler = builder.Metadata.OfType<IParameterBindingMetadata>().Where(parameter => IsInQuery(parameter) && !inPath.Contains(parameter.Name))
            .Select(parameter => new QueryParameter(NameOf(parameter), parameter.ParameterInfo.ParameterType.IsArray));
        builder.Metadata.Add(new QueryParameters([.. ofHandler, .. builder.Metadata.OfType<QueryParameter>()], builder.Metadata.OfType<IAcceptsMetadata>().Any()));
    }

    /// <summary>Answers 400 with the name of each parameter that the call does not take, or that stands more often than it may. Endpoints that are no calls, as pages, take any.</summary>
    public static Task CheckAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Request.QueryString.HasValue && context.GetEndpoint()?.Metadata.GetMetadata<QueryParameters>() is { } parameters)
            parameters.Check(context.Request.Query);
        return next(context);
    }

    private void Check(IQueryCollection query)
    {
        List<FieldProblem>? problems = null;
        foreach (var (name, values) in query)
        {
            if (ProblemOf(name, values) is { } problem)
                (problems ??= []).Add(new FieldProblem(name.Length == 0 ? "(empty name)" : WireText.Escape(name), problem));
        }

        if (problems is not null)
            throw new InvalidRequestException(problems);
    }

    private string? ProblemOf(string name, StringValues values)
    {
        foreach (var parameter in known)
        {
            if (parameter.Name == name)
                return values.Count > 1 && !parameter.IsRepeatable ? $"stands {values.Count} times; give it once" : null;
        }

        var near = NearName.Of(name, known.Select(parameter => parameter.Name));
        return $"is not a parameter of this call; {(near is null ? "" : $"did you mean {near}? ")}{names}";
    }

    /// <summary>Of the parameters of a handler, those whose values are text and come from neither path, header, body nor services.</summary>
    private static bool IsInQuery(IParameterBindingMetadata parameter)
    {
        var attributes = parameter.ParameterInfo.GetCustomAttributes(inherit: true);
        if (attributes.OfType<IFromQueryMetadata>().Any())
            return true;
        if (attributes.Any(attribute => attribute is IFromHeaderMetadata or IFromRouteMetadata or IFromBodyMetadata or IFromFormMetadata or IFromServiceMetadata))
            return false;
        var type = parameter.ParameterInfo.ParameterType;
        return parameter.HasTryParse || type == typeof(string) || type == typeof(string[]) || type == typeof(StringValues);
    }

    private static string NameOf(IParameterBindingMetadata parameter) =>
        parameter.ParameterInfo.GetCustomAttributes(inherit: true).OfType<IFromQueryMetadata>().FirstOrDefault()?.Name ?? parameter.Name;
}
