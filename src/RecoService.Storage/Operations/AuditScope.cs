using System.Text.Json;

namespace RecoService.Storage.Operations;

/// <summary>
/// Names who changes something from here on in this flow of calls. The first write that changes anything carries the entry of the audit log in its own transaction, so that neither is stored without the other.
/// </summary>
public sealed class AuditScope : IDisposable
{
    /// <summary>The outcome of an entry that was committed with its change.</summary>
    public const string Stored = "stored";

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web);
    private static readonly AsyncLocal<AuditScope?> Ambient = new();

    private readonly AuditScope? outer;

    private AuditScope(string keyName, string call, string method, string subject)
    {
        (KeyName, Call, Method, Subject, outer) = (keyName, call, method, subject, Ambient.Value);
        Ambient.Value = this;
    }

    /// <summary>Whether a write has carried the entry.</summary>
    public bool IsWritten { get; internal set; }

    internal static AuditScope? Current => Ambient.Value is { IsWritten: false } scope ? scope : null;

    internal string KeyName { get; }

    internal string Call { get; }

    internal string Method { get; }

    internal string Subject { get; private set; }

    internal string? BeforeJson { get; private set; }

    internal string? AfterJson { get; private set; }

    /// <summary>Begins it, until it is disposed.</summary>
    /// <param name="keyName">Whose key it is.</param>
    /// <param name="call">The name of the call.</param>
    /// <param name="method">Of HTTP.</param>
    /// <param name="subject">What is to be changed, as a path; it names no user.</param>
    public static AuditScope Begin(string keyName, string call, string method, string subject) => new(keyName, call, method, subject);

    /// <summary>Says what the change is, for the entry that goes with it. Nothing that names a user may be said: the log outlives users.</summary>
    /// <param name="before">What was there; null for nothing.</param>
    /// <param name="after">What is there then; null for nothing.</param>
    internal static void Note(object? before, object? after)
    {
        if (Current is { } scope)
            (scope.BeforeJson, scope.AfterJson) = (Json(before), Json(after));
    }

    /// <summary>The same of something with an id, in the JSON that is stored of it. An id that the path does not name is added to the subject.</summary>
    internal static void NoteDefinition(string id, string? before, string? after)
    {
        if (Current is not { } scope)
            return;
        (scope.BeforeJson, scope.AfterJson) = (before, after);
        var named = Uri.EscapeDataString(id);
        if (!scope.Subject.Split('/').Contains(named, StringComparer.Ordinal))
            scope.Subject = $"{scope.Subject}/{named}";
    }

    /// <summary>Ends it.</summary>
    public void Dispose() => Ambient.Value = outer;

    private static string? Json(object? value) => value is null ? null : JsonSerializer.Serialize(value, Options);
}
