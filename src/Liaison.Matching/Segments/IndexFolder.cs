using System.Globalization;
using System.Runtime.InteropServices;

namespace Liaison.Matching.Segments;

/// <summary>The segments of an index that its folder holds, and the manifest that names them. One process at a time.</summary>
internal sealed partial class IndexFolder : IDisposable
{
    private readonly string folder;
    private readonly FileStream heldLock;
    private long nextName;

    private IndexFolder(string folder, FileStream heldLock) => (this.folder, this.heldLock) = (folder, heldLock);

    /// <exception cref="IOException">Another process has it, or it cannot be made.</exception>
    public static IndexFolder Open(string folder)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return new(folder, new FileStream(Path.Combine(folder, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
    }

    /// <summary>A name that no file has and none had.</summary>
    public string NewPath() => Path.Combine(
        folder, Interlocked.Increment(ref nextName).ToString("D12", CultureInfo.InvariantCulture) + Manifest.SegmentSuffix);

    /// <summary>What the manifest names, or nothing and why. Segments that it does not name are deleted; nobody else's files are.</summary>
    public (Manifest? Manifest, IReadOnlyList<Segment> Segments, string? Fault) Read()
    {
        var (manifest, fault) = Manifest.Read(Path.Combine(folder, Manifest.FileName));
        var segments = new List<Segment>();
        foreach (var name in manifest?.Segments ?? [])
        {
            var (segment, damage) = Segment.Open(Path.Combine(folder, name), manifest!.Origin);
            if (segment is not null)
            {
                segments.Add(segment);
                continue;
            }

            foreach (var opened in segments) opened.Release();
            (manifest, fault, segments) = (null, $"{name}: {damage}", []);
            break;
        }

        // Names begin anew when nothing is left: an old manifest must not find files of a later index under them.
        if (fault is not null)
        {
            File.Delete(Path.Combine(folder, Manifest.FileName));
            Sync();
        }

        var named = segments.Select(s => s.Path).ToHashSet(StringComparer.Ordinal);
        foreach (var path in Directory.EnumerateFiles(folder))
        {
            if (named.Contains(path)) continue;
            if (!Manifest.IsSegmentName(Path.GetFileName(path)) && Path.GetFileName(path) != Manifest.FreshName) continue;
            if (long.TryParse(Path.GetFileNameWithoutExtension(path), NumberStyles.None, CultureInfo.InvariantCulture, out var used))
                nextName = Math.Max(nextName, used);
            File.Delete(path);
        }

        foreach (var path in named)
            nextName = Math.Max(nextName, long.Parse(Path.GetFileNameWithoutExtension(path), CultureInfo.InvariantCulture));
        return (manifest, segments, fault);
    }

    /// <summary>Makes these the segments of the index: whole or not at all, also when the machine stops in between.</summary>
    public void Publish(IndexOrigin origin, IndexPoint point, long count, IEnumerable<Segment> segments)
    {
        // The files' names must be durable before the manifest relies on them.
        Sync();
        var manifest = new Manifest(origin, point, count, [.. segments.Select(s => Path.GetFileName(s.Path))]);
        manifest.Write(Path.Combine(folder, Manifest.FileName));
        Sync();
    }

    public void Dispose() => heldLock.Dispose();

    /// <summary>A rename is durable when its folder is; the framework has no call for that.</summary>
    private void Sync()
    {
        if (OperatingSystem.IsWindows()) return;
        const int ReadOnly = 0;
        var descriptor = OpenFile(folder, ReadOnly);
        if (descriptor < 0) throw new IOException($"The folder of the index cannot be opened (error {Marshal.GetLastPInvokeError()}).");
        var synced = FlushFile(descriptor);
        var error = Marshal.GetLastPInvokeError();
        _ = CloseFile(descriptor);
        if (synced != 0) throw new IOException($"The folder of the index cannot be flushed (error {error}).");
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int OpenFile(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FlushFile(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int CloseFile(int descriptor);
}
