using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.Primitives;
using RecoService.Api.Wire;

namespace RecoService.Api.Http;

/// <summary>A query parameter that a call reads itself, as metadata of its endpoint; those of a handler's signature are known without it.</summary>
/// <param name="Name">As in the query; case counts.</param>
/// <param name="IsRepeatable">It may stand more than once.</param>
/// <param name="Value">What its text must be; null where any text will do, or the call says itself what is wrong.</param>
internal sealed record QueryParameter(string Name, bool IsRepeatable = false, ParameterValue? Value = null);

/// <summary>
/// What a call takes in its query, and of which types, those in its path included. Anything else is refused by name, because an ignored parameter gives a wrong
/// answer that looks right, and before binding, because binding stops at the first fault and says it in words alone.
/// </summary>
internal sealed class QueryParameters
{
    private readonly QueryParameter[] known;
    private readonly (string Name, ParameterValue Value)[] inPath;
    private readonly string names;

    private QueryParameters(QueryParameter[] known, (string Name, ParameterValue Value)[] inPath, bool takesBody)
    {
        this.known = known;
        this.inPath = inPath;
        names = known.Length > 0 ? $"known are {string.Join(", ", known.Select(parameter => parameter.Name).Order(StringComparer.Ordinal))}"
            : takesBody ? "this call takes its fields in the body" : "this call takes none";
    }

    /// <summary>Finds out what an endpoint takes, once, when it is built.</summary>
    public static void AddTo(EndpointBuilder builder)
    {
        var ofRoute = builder is RouteEndpointBuilder route ? route.RoutePattern.Parameters.Select(parameter => parameter.Name).ToHashSet(StringComparer.OrdinalIgnoreCase) : [];
        var ofHandler = builder.Metadata.OfType<IParameterBindingMetadata>().ToLookup(parameter => ofRoute.Contains(parameter.Name));
        var inQuery = ofHandler[false].Where(IsInQuery)
            .Select(parameter => new QueryParameter(NameOf(parameter), parameter.ParameterInfo.ParameterType.IsArray, ParameterValue.Of(parameter.ParameterInfo.ParameterType)));
        var typed = ofHandler[true].Select(parameter => (parameter.Name, Value: ParameterValue.Of(parameter.ParameterInfo.ParameterType)!)).Where(parameter => parameter.Value is not null);
        builder.Metadata.Add(new QueryParameters([.. inQuery, .. builder.Metadata.OfType<QueryParameter>()], [.. typed], builder.Metadata.OfType<IAcceptsMetadata>().Any()));
    }

    /// <summary>Answers 400 with the name of each parameter that the call does not take, that stands more often than it may, or that is of another type. Endpoints that are no calls, as pages, take any.</summary>
    public static Task CheckAsync(HttpContext context, RequestDelegate next)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<QueryParameters>() is { } parameters && (context.Request.QueryString.HasValue || parameters.inPath.Length > 0))
            parameters.Check(context.Request);
        return next(context);
    }

    private void Check(HttpRequest request)
    {
        List<FieldProblem>? problems = null;
        foreach (var (name, value) in inPath)
        {
            if (!value.IsReadable(request.RouteValues[name] as string))
                (problems ??= []).Add(new FieldProblem(name, value.Expectation));
        }

        foreach (var (name, values) in request.Query)
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
            {
                return values.Count > 1 && !parameter.IsRepeatable ? $"stands {values.Count} times; give it once"
                    : parameter.Value is { } value && !value.IsReadable(values[0]) ? value.Expectation
                    : null;
            }
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
