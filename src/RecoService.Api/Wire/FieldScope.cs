namespace RecoService.Api.Wire;

/// <summary>Collects the problems of one object; a field's full name is made only when it has one.</summary>
internal readonly struct FieldScope(string prefix, ICollection<FieldProblem> problems)
{
    private readonly int before = problems.Count;

    public bool FoundAny => problems.Count > before;

    public void Add(string field, string reason)
    {
        var position = (prefix, field) switch
        {
            ("", "") => FieldProblem.Body,
            (_, "") => prefix,
            ("", _) => field,
            _ => $"{prefix}.{field}",
        };
        problems.Add(new FieldProblem(position, reason));
    }

    public void CheckId(string field, string? id, WireLimits limits)
    {
        if (ExternalId.Problem(id, limits.IdLength) is { } reason)
            Add(field, reason);
    }

    public void CheckOptionalId(string field, string? id, WireLimits limits)
    {
        if (id is not null)
            CheckId(field, id, limits);
    }

    public void CheckText(string field, string? text, int maxLength, bool multiline = false)
    {
        if (text is not null && WireText.Problem(text, maxLength, multiline) is { } reason)
            Add(field, reason);
    }

    public void CheckTime(string field, DateTimeOffset? moment, WireLimits limits, TimeProvider time)
    {
        if (moment < limits.EarliestTime)
            Add(field, $"lies before {limits.EarliestTime:yyyy-MM-dd}");
        else if (moment > time.GetUtcNow() + limits.ClockSkew)
            Add(field, $"lies more than {limits.ClockSkew.TotalHours:0.##} hours ahead");
    }

    public void CheckPrice(string field, decimal? price, WireLimits limits)
    {
        if (price is { } amount && (amount < 0 || amount > limits.Price))
            Add(field, $"must be 0 to {limits.Price:0}");
    }
}
