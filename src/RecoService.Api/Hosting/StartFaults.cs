using System.Data.Common;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using RecoService.Api.Settings;
using RecoService.Storage;

namespace RecoService.Api.Hosting;

/// <summary>What keeps a process from starting and is not a fault of the program: one line that says what to do, in place of a stack trace.</summary>
internal static class StartFaults
{
    /// <summary>Null: nothing that an operator could mend.</summary>
    public static string? Explain(Exception exception) => exception switch
    {
        InvalidSettingsException or StorageConfigurationException or DbException => exception.Message,
        StorageUnavailableException unavailable => unavailable.ToOperators(),
        _ => ExplainAddress(exception),
    };

    private static string? ExplainAddress(Exception exception)
    {
        const string mend = "Choose another with --urls=http://localhost:PORT or the environment variable ASPNETCORE_URLS.";
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            if (cause is AddressInUseException or SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse })
                return $"The address is in use, perhaps by another instance of the service: {exception.Message} {mend}";
            if (exception is not IOException and not SocketException)
                continue;
            if (cause is SocketException { SocketErrorCode: SocketError.AccessDenied })
                return $"The account that runs the service may not listen there; ports below 1024 need a right: {exception.Message} {mend}";
            if (cause is SocketException { SocketErrorCode: SocketError.AddressNotAvailable })
                return $"This machine has no such address: {exception.Message} {mend}";
        }

        return null;
    }
}
