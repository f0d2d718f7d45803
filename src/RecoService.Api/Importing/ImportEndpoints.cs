using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Net.Http.Headers;
using RecoService.Api.Http;
using RecoService.Api.Importing.Options;
using RecoService.Api.Security;
using RecoService.Api.Settings;
using RecoService.Api.Shops;
using RecoService.Api.Wire;

namespace RecoService.Api.Importing;

internal static class ImportEndpoints
{
    private static readonly string[] CsvTypes = ["text/csv", "text/tab-separated-values"];
    private static readonly string[] NdjsonTypes = ["application/x-ndjson", "application/ndjson", "application/jsonl", "application/json"];
    private static readonly string[] PackedTypes = ["application/gzip", "application/octet-stream"];
    private static readonly string Names = string.Join(", ", ImportOption.All.Select(option => option.Name));

    public static void MapImports(this IEndpointRouteBuilder routes)
    {
        var limits = routes.ServiceProvider.GetRequiredService<LimitSettings>();
        routes.MapGet("/admin/imports", List).WithTags("Import").RequireAdmin().WithName("ListImports").WithSummary("Imports under way, and the last ones with their refused lines")
            .WithDescription("`running` holds those of the replica that answers. The last 200 that have ended are kept, with the first 100 refused lines of each.")
            .ProducesProblems(StatusCodes.Status400BadRequest, StatusCodes.Status503ServiceUnavailable);
        var imports = routes.MapGroup("/import").WithTags("Import").RequireAdmin();
        foreach (var target in Enum.GetValues<ImportTarget>())
        {
            var name = target.ToString().ToLowerInvariant();
            imports.MapPost($"/{name}", (HttpRequest request, Shop shop, ImportJournal journal, CancellationToken cancellationToken) =>
                    ImportAsync(target, request, shop, limits, journal, cancellationToken))
                .WithMetadata(new ImportSizeLimit(limits.MaxImportBytes), WrittenAfterwards.Marker)
                .WithMetadata([.. ImportOption.All.Select(option => new QueryParameter(option.Name, option.Shape == OptionShape.Texts))])
                .WithMetadata(new AcceptsMetadata([.. NdjsonTypes, .. CsvTypes, .. PackedTypes], typeof(string)))
                .WithName($"Import{target}")
                .WithSummary($"Import {name} from CSV or NDJSON, gzip or not; all lines or none")
                .WithDescription($"The body is the file. Options stand in the query, as those of the `import` command: {Names}. One bad line and nothing is imported, unless skipInvalid=true; either way the first 100 bad lines are named. The same file twice changes nothing. A row of a user or an item changes the fields that it gives and leaves the others alone, unless replace=true.")
                .Produces<ImportReport>(StatusCodes.Status422UnprocessableEntity)
                .ProducesProblems(StatusCodes.Status400BadRequest, StatusCodes.Status413PayloadTooLarge, StatusCodes.Status415UnsupportedMediaType, StatusCodes.Status503ServiceUnavailable);
        }
    }

    private static async Task<Results<Ok<ImportReport>, UnprocessableEntity<ImportReport>>> ImportAsync(
        ImportTarget target, HttpRequest request, Shop shop, LimitSettings limits, ImportJournal journal, CancellationToken cancellationToken)
    {
        var problems = new List<FieldProblem>();
        var options = ArgumentsOf(target, request, problems).Parse(problems);
        Requests.ThrowIfAny(problems);

        var report = await journal.FollowAsync(shop, request.HttpContext.User.Identity?.Name ?? "", target, progress =>
            StoredImport.Into(shop.Store.Import, shop.Validators).ImportAsync(target, request.Body, Within(options!, limits), progress, cancellationToken));
        if (!report.Committed)
            return TypedResults.UnprocessableEntity(report);
        // It is stored; the lists follow at once, or as soon as the store can be read again.
        await shop.Serving.Publisher.TryFollowAsync();
        return TypedResults.Ok(report);
    }

    private static async Task<Ok<ImportsResponse>> List(Shop shop, CancellationToken cancellationToken, string? cursor = null, int limit = 20)
    {
        Requests.CheckLimit(limit, PageResponse.MaxLimit);
        var page = await shop.Store.Imports.ListAsync(cursor, limit, cancellationToken);
        return TypedResults.Ok(new ImportsResponse(
            [.. shop.Diagnosis.Imports.All.Select(import => new RunningImportResponse(import.Key, import.Target, import.StartedAt, import.Lines, import.Invalid))],
            [.. page.Items.Select(ImportResponse.Of)], page.Next));
    }

    private static ImportOptions Within(ImportOptions options, LimitSettings limits) => options with
    {
        MaxLineBytes = limits.MaxImportLineBytes,
        MaxUnpackedBytes = limits.MaxImportBytes,
        MaxUnpackRatio = limits.MaxImportRatio,
    };

    private static ImportArguments ArgumentsOf(ImportTarget target, HttpRequest request, List<FieldProblem> problems)
    {
        var query = request.Query;
        var charset = CharsetOf(request);
        return ImportArguments.Read(
            target,
            name => query.TryGetValue(name, out var values) ? [.. values.OfType<string>()] : name == "encoding" && charset is not null ? [charset] : [],
            () => FormatOf(request), problems);
    }

    private static string? CharsetOf(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type) && type.Charset.HasValue ? type.Charset.Value : null;

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
