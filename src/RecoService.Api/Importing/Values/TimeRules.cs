namespace RecoService.Api.Importing.Values;

/// <summary>How a file writes its times.</summary>
/// <param name="Zone">Of times that name none.</param>
/// <param name="Format">A .NET date and time format, or several with <c>|</c> between; null: what can be read in one way only.</param>
/// <param name="Unit">Times are numbers of this unit; null: Unix times, by their size.</param>
/// <param name="Origin">The wall-clock time from which units count.</param>
/// <param name="Decimal">What stands before the decimals of such numbers.</param>
internal sealed record TimeRules(TimeZoneInfo Zone, string? Format, TimeUnit? Unit, DateTime Origin, DecimalSign Decimal);
