namespace RecoService.Api.Importing;

/// <summary>How an import went.</summary>
/// <param name="Committed">False: nothing of the file was stored.</param>
/// <param name="Lines">Rows read: the accepted, duplicate, dropped and bad ones; when nothing was stored, the good ones too.</param>
/// <param name="Accepted">Rows stored.</param>
/// <param name="Duplicates">Rows that were stored before, with the same content.</param>
/// <param name="Dropped">Rows left out because a condition said so.</param>
/// <param name="Invalid">Bad rows, and rows whose id belongs to other content.</param>
/// <param name="Errors">The first 100 bad rows.</param>
internal sealed record ImportReport(
    bool Committed, long Lines, long Accepted, long Duplicates, long Dropped, long Invalid, IReadOnlyList<ImportError> Errors);

/// <summary>One bad row.</summary>
/// <param name="Line">Line of the file on which it begins, from 1.</param>
/// <param name="Reason">What is wrong with it.</param>
internal sealed record ImportError(long Line, string Reason);
