using RecoService.Api.Http;

namespace RecoService.Api.Wire;

/// <summary>One fault of a request: where (<c>title</c>, <c>[3].userId</c>, <c>body</c>) and what would be right.</summary>
internal readonly record struct FieldProblem(string Field, string Reason)
{
    /// <summary>The field that stands for the whole request.</summary>
    public const string Body = "body";

    public override string ToString() => $"{Field} {Reason}";
}

/// <summary>A request turned out wrong only after the stored state was read; answered with 400.</summary>
internal sealed class InvalidRequestException(IReadOnlyList<FieldProblem> problems)
    : Exception(string.Join("; ", problems))
{
    public IReadOnlyList<FieldProblem> Problems => problems;
}
