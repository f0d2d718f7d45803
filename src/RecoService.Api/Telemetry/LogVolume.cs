using Serilog.Core;
using Serilog.Events;

namespace RecoService.Api.Telemetry;

/// <summary>From which level on the process logs, which may be changed while it runs.</summary>
/// <param name="configured">As the section <c>Serilog</c> says.</param>
internal sealed class LogVolume(LogEventLevel configured)
{
    /// <summary>What the log asks before each line.</summary>
    public LoggingLevelSwitch Switch { get; } = new(configured);

    /// <summary>Of the section <c>Serilog</c>, which is read as Serilog reads it.</summary>
    public static LogVolume Of(IConfiguration configuration) =>
        new(Enum.TryParse<LogEventLevel>(configuration["Serilog:MinimumLevel:Default"] ?? configuration["Serilog:MinimumLevel"], ignoreCase: true, out var level) ? level : LogEventLevel.Information);

    /// <summary>Changes it; null brings back what is configured.</summary>
    public void Change(LogEventLevel? level) => Switch.MinimumLevel = level ?? configured;
}
