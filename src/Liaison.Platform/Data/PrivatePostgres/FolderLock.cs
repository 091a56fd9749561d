using System.Globalization;

namespace Liaison.Platform.Data.PrivatePostgres;

/// <summary>
/// Holds a data folder for one hub. The lock is the kernel's (flock, which <see cref="FileShare.None"/> takes), so it ends with the
/// process however that ends; the files are never deleted, because a lock on a deleted file guards nothing.
/// </summary>
internal sealed class FolderLock : IDisposable
{
    // On Unix the HResult of a failed open is errno; EWOULDBLOCK is flock's "somebody holds it".
    private const int LinuxWouldBlock = 11;
    private const int MacWouldBlock = 35;

    private readonly FileStream held;

    private FolderLock(FileStream held) => this.held = held;

    /// <summary>Takes the lock of a folder, whose files are <paramref name="prefix"/> with <c>.lock</c> and <c>.pid</c>.</summary>
    public static Attempt<FolderLock> Take(string folder, string prefix)
    {
        // The pid stands in a second file: .NET takes a shared lock even for reading, so the locked file cannot be read.
        var pidFile = prefix + ".pid";
        FileStream stream;
        try
        {
            stream = new FileStream(prefix + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (UnauthorizedAccessException)
        {
            return NotWritable(folder);
        }
        catch (IOException held) when (held.HResult is LinuxWouldBlock or MacWouldBlock)
        {
            return new Trouble(
                $"{folder} is in use by another hub (process {ReadPid(pidFile)}): stop that one, or choose another folder "
                + "with --data.");
        }
        catch (IOException failed)
        {
            return new Trouble(
                $"{folder} cannot be written ({failed.Message.TrimEnd('.')}): free space, or choose another folder with "
                + "--data.");
        }

        try
        {
            File.WriteAllText(pidFile, Environment.ProcessId.ToString(CultureInfo.InvariantCulture) + "\n");
            return new FolderLock(stream);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            stream.Dispose();
            return new Trouble(
                $"{folder} cannot be written ({failed.Message.TrimEnd('.')}): free space, or choose another folder with "
                + "--data.");
        }
    }

    public static Trouble NotWritable(string folder) =>
        new($"{folder} cannot be written by user {Environment.UserName}: give that user the right to write there, "
            + "or choose another folder with --data.");

    public void Dispose() => held.Dispose();

    private static string ReadPid(string pidFile)
    {
        try
        {
            return File.ReadAllText(pidFile).Trim() is { Length: > 0 and < 20 } pid ? pid : "unknown";
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            return "unknown";
        }
    }
}
