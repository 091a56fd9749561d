using Microsoft.Extensions.Logging;

namespace Liaison.Platform.Data.PrivatePostgres;

internal static partial class ClusterLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Making a new database with PostgreSQL {Major} in {Home}")]
    public static partial void Making(ILogger log, int major, string home);

    [LoggerMessage(Level = LogLevel.Information, Message = "PostgreSQL {Major} started, process {Pid}, data in {Home}")]
    public static partial void Started(ILogger log, int major, int pid, string home);

    [LoggerMessage(Level = LogLevel.Information,
        Message = "PostgreSQL {Major} still ran, left by a hub that ended; taken over as process {Pid}, data in {Home}")]
    public static partial void Adopted(ILogger log, int major, int pid, string home);

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "The database is in {Home}, because user {User}, who runs PostgreSQL, cannot enter {DataFolder}")]
    public static partial void Elsewhere(ILogger log, string home, string user, string dataFolder);

    [LoggerMessage(Level = LogLevel.Error, Message = "PostgreSQL, process {Pid}, is gone or cannot be reached; starting it again")]
    public static partial void Lost(ILogger log, int pid);

    [LoggerMessage(Level = LogLevel.Error, Message = "PostgreSQL is not back yet, trying again in {Seconds} s: {Problem}")]
    public static partial void NotBack(ILogger log, double seconds, string problem);

    [LoggerMessage(Level = LogLevel.Information, Message = "PostgreSQL is back, process {Pid}")]
    public static partial void Back(ILogger log, int pid);

    [LoggerMessage(Level = LogLevel.Critical,
        Message = "PostgreSQL is back, but its socket had to move to {SocketFolder}: start the hub again")]
    public static partial void Moved(ILogger log, string socketFolder);

    [LoggerMessage(Level = LogLevel.Information, Message = "PostgreSQL stopped")]
    public static partial void Stopped(ILogger log);
}
