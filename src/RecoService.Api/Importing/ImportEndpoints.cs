using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http.Metadata;
using RecoService.Api.Hosting;
using RecoService.Api.Security;
using RecoService.Api.Serving;
using RecoService.Api.Settings;
using RecoService.Api.Wire;

namespace RecoService.Api.Importing;

internal static class ImportEndpoints
{
    private static readonly string[] CsvTypes = ["text/csv"];
    private static readonly string[] NdjsonTypes = ["application/x-ndjson", "application/ndjson", "application/jsonl"];
    private static readonly string[] PackedTypes = ["application/gzip", "application/octet-stream"];
    internal static readonly string[] Options =
        ["format", "delimiter", "noHeader", "noQuotes", "map", "set", "key", "dropWhen", "timeZone", "timeFormat", "encoding", "skipInvalid", "onConflict", "mergeRows", "replace"];
    internal static readonly string[] RepeatableOptions = ["map", "set", "dropWhen"];

    public static void MapImports(this IEndpointRouteBuilder routes)
    {
        var limits = routes.ServiceProvider.GetRequiredService<LimitSettings>();
        var imports = routes.MapGroup("/import").WithTags("Import").RequireAuthorization(SecurityExtensions.Admin);
        foreach (var target in Enum.GetValues<ImportTarget>())
        {
            var name = target.ToString().ToLowerInvariant();
            imports.MapPost($"/{name}", (HttpRequest request, ImportTargets targets, SnapshotPublisher publisher, CancellationToken cancellationToken) =>
                    ImportAsync(target, request, targets, limits, publisher, cancellationToken))
                .WithMetadata(new ImportSizeLimit(limits.MaxImportBytes))
                .WithMetadata([.. Options.Select(name => new QueryParameter(name, RepeatableOptions.Contains(name)))])
                .WithMetadata(new AcceptsMetadata([.. NdjsonTypes, .. CsvTypes, .. PackedTypes], typeof(string)))
                .WithName($"Import{target}")
                .WithSummary($"Import {name} from CSV or NDJSON, gzip or not; all lines or none")
                .WithDescription($"The body is the file. Options stand in the query, as those of the `import` command: {string.Join(", ", Options)}. One bad line and nothing is imported, unless skipInvalid=true; either way the first 100 bad lines are named. The same file twice changes nothing. A row of a user or an item changes the fields that it gives and leaves the others alone, unless replace=true.")
                .Produces<ImportReport>(StatusCodes.Status422UnprocessableEntity)
                .ProducesProblems(StatusCodes.Status400BadRequest, StatusCodes.Status413PayloadTooLarge, StatusCodes.Status415UnsupportedMediaType, StatusCodes.Status503ServiceUnavailable);
        }
    }

    private static async Task<Results<Ok<ImportReport>, UnprocessableEntity<ImportReport>>> ImportAsync(
        ImportTarget target, HttpRequest request, ImportTargets targets, LimitSettings limits, SnapshotPublisher publisher, CancellationToken cancellationToken)
    {
        var problems = new List<FieldProblem>();
        var options = ArgumentsOf(request, problems).Parse(problems);
        Requests.ThrowIfAny(problems);

        var report = await targets.ImportAsync(target, request.Body, Within(options!, limits), progress: null, cancellationToken);
        if (!report.Committed)
            return TypedResults.UnprocessableEntity(report);
        await publisher.FollowAsync(cancellationToken);
        return TypedResults.Ok(report);
    }

    private static ImportOptions Within(ImportOptions options, LimitSettings limits) => options with
    {
        MaxLineBytes = limits.MaxImportLineBytes,
        MaxUnpackedBytes = limits.MaxImportBytes,
        MaxUnpackRatio = limits.MaxImportRatio,
    };

    private static ImportArguments ArgumentsOf(HttpRequest request, List<FieldProblem> problems)
    {
        var query = request.Query;
        return new ImportArguments
        {
            Format = query["format"].FirstOrDefault() ?? FormatOf(request),
            Delimiter = query["delimiter"].FirstOrDefault(),
            NoHeader = Flag("noHeader"),
            NoQuotes = Flag("noQuotes"),
            Map = [.. query["map"].OfType<string>()],
            Set = [.. query["set"].OfType<string>()],
            Key = query["key"].FirstOrDefault(),
            DropWhen = [.. query["dropWhen"].OfType<string>()],
            TimeZone = query["timeZone"].FirstOrDefault(),
            TimeFormat = query["timeFormat"].FirstOrDefault(),
            Encoding = query["encoding"].FirstOrDefault(),
            SkipInvalid = Flag("skipInvalid"),
            OnConflict = query["onConflict"].FirstOrDefault(),
            MergeRows = Flag("mergeRows"),
            Replace = Flag("replace"),
        };

        bool Flag(string name)
        {
            if (query[name].FirstOrDefault() is not { } text)
                return false;
            if (bool.TryParse(text, out var value))
                return value;
            problems.Add(new FieldProblem(name, "must be true or false"));
            return false;
        }
    }

    private static string FormatOf(HttpRequest request)
    {
        var type = request.ContentType?.Split(';')[0].Trim().ToLowerInvariant();
        if (CsvTypes.Contains(type))
            return "csv";
        if (NdjsonTypes.Contains(type))
            return "ndjson";
        if (PackedTypes.Contains(type))
            throw new InvalidRequestException([new FieldProblem("format", $"must be given (csv or ndjson) with Content-Type {type}")]);
        throw new BadHttpRequestException(
            "The Content-Type must be text/csv or application/x-ndjson; or application/gzip or application/octet-stream with ?format=csv or ndjson.",
            StatusCodes.Status415UnsupportedMediaType);
    }

    private sealed record ImportSizeLimit(long? MaxRequestBodySize) : IRequestSizeLimitMetadata;
}
