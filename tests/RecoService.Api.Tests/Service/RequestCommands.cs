using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace RecoService.Api.Tests.Service;

/// <summary>
/// Counts what requests do in the database: every command that EF Core executes and every connection it opens, without which no other command can run. What the
/// service does in the background flows from no request and is not counted.
/// </summary>
internal sealed class RequestCommands : IStartupFilter, IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>, IDisposable
{
    private const string Listener = "Microsoft.EntityFrameworkCore";
    private static readonly string[] Events = [$"{Listener}.Database.Command.CommandExecuting", $"{Listener}.Database.Connection.ConnectionOpening"];

    private readonly AsyncLocal<bool> isRequest = new();
    private readonly List<IDisposable> subscriptions = [];
    private int count;

    public RequestCommands() => subscriptions.Add(DiagnosticListener.AllListeners.Subscribe(this));

    public int Count => Volatile.Read(ref count);

    public void AddTo(WebApplicationBuilder builder) => builder.Services.AddSingleton<IStartupFilter>(this);

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use((context, following) =>
        {
            isRequest.Value = true;
            return following(context);
        });
        next(app);
    };

    public void OnNext(DiagnosticListener value)
    {
        if (value.Name == Listener)
            subscriptions.Add(value.Subscribe(this, name => Events.Contains(name)));
    }

    public void OnNext(KeyValuePair<string, object?> value)
    {
        if (isRequest.Value && Events.Contains(value.Key))
            Interlocked.Increment(ref count);
    }

    public void OnCompleted()
    {
    }

    public void OnError(Exception error)
    {
    }

    public void Dispose() => subscriptions.ForEach(subscription => subscription.Dispose());
}
