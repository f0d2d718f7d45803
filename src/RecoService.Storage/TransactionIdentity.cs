namespace RecoService.Storage;

/// <summary>What a commit that lost its answer is looked up by.</summary>
/// <param name="Number">The transaction's number.</param>
/// <param name="Incarnation">Names the life of the server in which the number was given: a server that crashed may give numbers again whose transactions were lost.</param>
internal readonly record struct TransactionIdentity(long Number, long Incarnation);
