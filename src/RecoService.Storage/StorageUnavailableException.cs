namespace RecoService.Storage;

/// <summary>
/// The database is away or full, or a write waited longer than <see cref="StorageSettings.WriteTimeout"/>. Nothing was stored and the same call may be made again,
/// unless <see cref="OutcomeIsUnknown"/>.
/// </summary>
/// <param name="message">Why, in words for whoever called: without addresses, names or secrets.</param>
/// <param name="inner">What the database's driver said.</param>
public sealed class StorageUnavailableException(string message, Exception? inner = null) : Exception(message, inner)
{
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The database did not say whether it committed. The same call with the same ids stores nothing twice.</summary>
    public bool OutcomeIsUnknown { get; init; }

    /// <summary>The ids under which the interactions of the call may be stored, in order; null for a rating, of which a user has one per item. Null for another call.</summary>
    public IReadOnlyList<string?>? Ids { get; init; }

    /// <summary>Where the database was looked for, when that may be what is wrong; not for whoever called.</summary>
    public string? Address { get; set; }

    /// <summary>The reason with what the driver said, in one line for operators.</summary>
    public string ToOperators()
    {
        var detail = InnerException?.GetBaseException().Message;
        var text = detail is null || Message.Contains(detail, StringComparison.Ordinal) ? Message : $"{Message} ({detail.TrimEnd('.')})";
        return Address is null ? text : $"{text} {StorageConfigurationException.ConnectionStringSetting} names {Address}.";
    }
}
