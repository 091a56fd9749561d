using System.Globalization;
using Liaison.Api.TravelDocuments;
using Spectre.Console;

namespace Liaison.Cli.Rendering;

/// <summary>What to tell the progress bar.</summary>
/// <param name="Sent">Bytes that were sent so far.</param>
/// <param name="Heard">What the hub said of the job.</param>
internal sealed record ImportTold(Action<long> Sent, Action<ImportJob> Heard);

/// <summary>A progress bar on standard error while a file travels to the hub and is recorded there; nothing where nobody looks.</summary>
internal static class ImportProgressBar
{
    /// <param name="size">Bytes in all.</param>
    /// <param name="work">Is given what to call.</param>
    public static Task<T> WatchAsync<T>(Surroundings around, long size, Func<ImportTold, Task<T>> work) =>
        around.ErrIsTerminal ? DrawAsync(around, size, work) : work(new(_ => { }, _ => { }));

    private static Task<T> DrawAsync<T>(Surroundings around, long size, Func<ImportTold, Task<T>> work) =>
        new Progress(TerminalDisplay.Console(around.Err, around), around.Clock)
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new SpinnerColumn())
            .StartAsync(async context =>
            {
                var task = context.AddTask("Sending", maxValue: Math.Max(size, 1));
                return await work(new(sent => task.Value = sent, job =>
                {
                    task.Description = Describe(job);
                    task.IsIndeterminate = job.State is not "reading";
                    task.Value = job.State is "reading" ? (double)size * job.BytesRead / Math.Max(job.Bytes, 1) : size;
                }));
            });

    private static string Describe(ImportJob job)
    {
        FormattableString said = job.State switch
        {
            "reading" => $"{job.Rows:N0} rows, {job.RowsPerSecond ?? 0:N0}/s, {job.Rejected:N0} rejected, {job.SecondsLeft ?? 0:N0} s left",
            "merging" when job.SecondsLeft is { } left => $"{job.Rows:N0} rows read, {job.Rejected:N0} rejected: recording, {job.RowsPerSecond ?? 0:N0}/s, {left:N0} s left",
            "merging" => $"{job.Rows:N0} rows read, {job.Rejected:N0} rejected: recording",
            "publishing" => $"{job.Rows:N0} rows recorded: entering the index",
            _ => $"The hub has it: {job.State}",
        };
        return said.ToString(CultureInfo.InvariantCulture);
    }
}
