using System.Net.Http.Json;
using System.Text.Json;

namespace RecoService.WebConsole.Calls;

/// <summary>Why a call of the API did not do what it was asked for: what it answered as problem details.</summary>
/// <param name="Status">Of HTTP.</param>
/// <param name="Title">In short.</param>
/// <param name="Detail">What is wrong, and what to do.</param>
/// <param name="Errors">Faults by field.</param>
public sealed record ApiProblem(int Status, string? Title, string? Detail, IReadOnlyDictionary<string, IReadOnlyList<string>>? Errors)
{
    /// <summary>Of an answer that is no success; of one that is not in problem details, what its status says.</summary>
    internal static async Task<ApiProblem> OfAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var status = (int)response.StatusCode;
        try
        {
            return await response.Content.ReadFromJsonAsync<ApiProblem>(cancellationToken) is { } problem ? problem with { Status = status } : new ApiProblem(status, null, null, null);
        }
        catch (JsonException)
        {
            return new ApiProblem(status, response.ReasonPhrase, null, null);
        }
    }
}

/// <summary>A call of the API was refused or failed.</summary>
internal sealed class ApiException(ApiProblem problem) : Exception(problem.Detail ?? problem.Title)
{
    public ApiProblem Problem { get; } = problem;
}
