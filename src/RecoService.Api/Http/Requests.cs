using RecoService.Api.Wire;

namespace RecoService.Api.Http;

/// <summary>What the endpoints share: refusing ids that cannot be, reading bodies strictly, naming faults.</summary>
internal static class Requests
{
    public const int MaxListLimit = 200;
    public const int DefaultListLimit = 20;

    /// <summary>Answers 400 with the parameter's name when an id of the path is not one.</summary>
    public static TBuilder CheckPathIds<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder =>
        builder.AddEndpointFilterFactory((factory, next) =>
        {
            var parameters = factory.MethodInfo.GetParameters();
            var positions = Enumerable.Range(0, parameters.Length).Where(position => parameters[position].ParameterType == typeof(PathId)).ToArray();
            return context =>
            {
                foreach (var position in positions)
                {
                    if (context.Arguments[position] is PathId id)
                        CheckId(id, parameters[position].Name!);
                }

                return next(context);
            };
        });

    /// <exception cref="InvalidRequestException">It is not one.</exception>
    public static void CheckId(PathId id, string name)
    {
        if (id.Problem is { } problem)
            throw new InvalidRequestException([new FieldProblem(name, problem)]);
    }

    /// <summary>Reads a JSON body; a fault in it is 400 with the field named.</summary>
    /// <exception cref="InvalidRequestException">The body is not what it must be.</exception>
    public static async Task<T> ReadBodyAsync<T>(this HttpRequest request)
        where T : class
    {
        if (!request.HasJsonContentType())
            throw new BadHttpRequestException("The Content-Type must be application/json.", StatusCodes.Status415UnsupportedMediaType);
        var problems = new List<FieldProblem>();
        var body = await WireJson.ReadAsync<T>(request.Body, problems, request.HttpContext.RequestAborted);
        ThrowIfAny(problems);
        return body ?? throw new InvalidRequestException([new FieldProblem(FieldProblem.Body, "must not be null.")]);
    }

    public static void ThrowIfAny(IReadOnlyList<FieldProblem> problems)
    {
        if (problems.Count > 0)
            throw new InvalidRequestException(problems);
    }

    /// <summary>The length of a list as a body asks for it.</summary>
    public static int LimitOf(int? limit, ICollection<FieldProblem> problems)
    {
        if (limit is < 1 or > MaxListLimit)
            problems.Add(new FieldProblem("limit", $"must be between 1 and {MaxListLimit}"));
        return limit ?? DefaultListLimit;
    }

    /// <exception cref="InvalidRequestException">It lies outside 1..<paramref name="maximum"/>.</exception>
    public static void CheckLimit(int limit, int maximum)
    {
        if (limit < 1 || limit > maximum)
            throw new InvalidRequestException([new FieldProblem("limit", $"must be between 1 and {maximum}.")]);
    }
}
