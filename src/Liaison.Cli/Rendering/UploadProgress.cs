using Spectre.Console;

namespace Liaison.Cli.Rendering;

/// <summary>A progress bar on standard error while a file travels to the hub; nothing where nobody looks.</summary>
internal static class UploadProgress
{
    /// <param name="size">Bytes in all.</param>
    /// <param name="work">Is given what to call with the bytes sent so far.</param>
    public static Task<T> WatchAsync<T>(Surroundings around, long size, Func<Action<long>, Task<T>> work) =>
        around.ErrIsTerminal ? DrawAsync(around, size, work) : work(_ => { });

    private static Task<T> DrawAsync<T>(Surroundings around, long size, Func<Action<long>, Task<T>> work) =>
        new Progress(TerminalDisplay.Console(around.Err, around), around.Clock)
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new DownloadedColumn(),
                new SpinnerColumn())
            .StartAsync(async context =>
            {
                var task = context.AddTask("Sending", maxValue: Math.Max(size, 1));
                return await work(sent =>
                {
                    task.Value = sent;
                    // The hub answers only when every row is recorded or rejected: say that it works, not that it is done.
                    if (sent < size) return;
                    task.Description = "The hub records";
                    task.IsIndeterminate = true;
                });
            });
}
