namespace Liaison.Hub;

/// <summary>Says which part of the hub ended it. The framework's own lines are silenced, as they print messages, which may quote input.</summary>
internal static partial class FailedParts
{
    /// <param name="services">Of a host that has stopped.</param>
    public static void Tell(IServiceProvider services)
    {
        var log = services.GetRequiredService<ILoggerFactory>().CreateLogger("Liaison.Hub");
        foreach (var part in services.GetServices<IHostedService>().OfType<BackgroundService>())
        {
            if (part.ExecuteTask?.Exception?.InnerException is { } failed) LogFailed(log, part.GetType().Name, failed.GetType().Name, failed.StackTrace);
        }
    }

    [LoggerMessage(10, LogLevel.Critical, "{Part} failed, and the hub with it: {Kind}\n{StackTrace}")]
    private static partial void LogFailed(ILogger log, string part, string kind, string? stackTrace);
}
