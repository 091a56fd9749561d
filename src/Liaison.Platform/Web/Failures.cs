using System.Net.Sockets;
using Liaison.Api;
using Liaison.Platform.Audit;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Liaison.Platform.Web;

/// <summary>What goes wrong outside the rules, as a problem; only its kind is logged.</summary>
/// <remarks>Thread-safe.</remarks>
public sealed partial class Failures(ILogger<Failures> logger)
{
    /// <param name="trace">Names the request in the log and to the caller.</param>
    public Problem Explain(Exception exception, string trace) => exception switch
    {
        BadHttpRequestException { StatusCode: StatusCodes.Status408RequestTimeout } =>
            PlatformProblems.BodyTimeout.With("Send the body faster than 240 bytes a second."),
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } =>
            PlatformProblems.BodyTooLarge.With("The body is over the limit of this route."),
        BadHttpRequestException => PlatformProblems.MalformedBody.With("The request broke off, or a part of its address is malformed."),
        PostgresException { SqlState: PostgresErrorCodes.LockNotAvailable } => PlatformProblems.Unavailable.With(
            "The same record is being written by another, perhaps an import. Nothing was changed; ask again."),
        PostgresException { IsTransient: false } => Fault(exception, trace),
        AuditUnavailableException or NpgsqlException or SocketException or TimeoutException => Unavailable(exception),
        _ => Fault(exception, trace),
    };

    private Problem Unavailable(Exception exception)
    {
        // Messages of the database may quote values, so only types are logged.
        LogUnavailable(Chain(exception));
        return PlatformProblems.Unavailable.With("The database or the audit cannot be written now. Nothing was answered; ask again.");
    }

    private Problem Fault(Exception exception, string trace)
    {
        LogFault(trace, Chain(exception), exception.StackTrace);
        return PlatformProblems.Fault.With("The fault is logged under this trace id. Tell the hub's operator.");
    }

    private static string Chain(Exception? exception)
    {
        var names = new List<string>();
        for (; exception is not null; exception = exception.InnerException)
            names.Add(exception is PostgresException refused ? $"PostgresException {refused.SqlState}" : exception.GetType().Name);
        return string.Join(" < ", names);
    }

    [LoggerMessage(1, LogLevel.Error, "The database or the audit is away: {Kinds}")]
    private partial void LogUnavailable(string kinds);

    [LoggerMessage(2, LogLevel.Error, "Request {Trace} failed: {Kinds}\n{StackTrace}")]
    private partial void LogFault(string trace, string kinds, string? stackTrace);
}
