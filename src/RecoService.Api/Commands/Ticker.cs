namespace RecoService.Api.Commands;

/// <summary>Unlike <see cref="Progress{T}"/> it reports in order, before the work goes on.</summary>
internal sealed class Ticker<T>(Action<T> tick) : IProgress<T>
{
    public void Report(T value) => tick(value);
}
