using System.Collections.Concurrent;

namespace RecoService.Engine.Recommending;

/// <summary>
/// The ids by which experiments know users who were merged with a visitor: a user who had been in no experiment before keeps the variants that the visitor saw. Everybody else is known by their own id.
/// Thread-safe; writers of one user are serialised by the <see cref="ServingState"/>.
/// </summary>
public sealed class UserAssignments
{
    private readonly ConcurrentDictionary<int, string> ids = new();

    /// <summary>The id whose hash decides.</summary>
    /// <param name="userIndex">An index of the serving state; -1 for somebody unknown.</param>
    /// <param name="userId">The user's own id; null for nobody in particular.</param>
    public string? IdOf(int userIndex, string? userId) => userIndex >= 0 && ids.TryGetValue(userIndex, out var id) ? id : userId;

    /// <param name="userIndex">An index of the serving state.</param>
    /// <param name="id">Null: the user's own.</param>
    public void Put(int userIndex, string? id)
    {
        if (id is null)
            ids.TryRemove(userIndex, out _);
        else
            ids[userIndex] = id;
    }
}
