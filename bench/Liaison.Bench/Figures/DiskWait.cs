using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Liaison.Bench.Clients;

namespace Liaison.Bench.Figures;

/// <summary>
/// How long whoever comes at any moment waits until the disk has something that was written after that: what a durable audit cannot be faster than,
/// and by the same count as an open-loop client. Sixteen kilobytes at a time over a file of the size of a WAL segment, as PostgreSQL writes.
/// </summary>
internal static partial class DiskWait
{
    private const int Piece = 16 << 10, Length = 16 << 20;

    /// <summary>So often somebody comes.</summary>
    private static readonly TimeSpan Every = TimeSpan.FromMicroseconds(100);

    public static Histogram Measure(string folder, TimeSpan duration, CancellationToken stop)
    {
        var path = Path.Combine(folder, "disk-wait");
        var waits = new Histogram();
        try
        {
            using var file = File.OpenHandle(path, FileMode.Create, FileAccess.ReadWrite);
            var bytes = new byte[Piece];
            Random.Shared.NextBytes(bytes);
            for (var at = 0; at < Length; at += Piece) RandomAccess.Write(file, bytes, at);
            RandomAccess.FlushToDisk(file);
            var (began, due, place) = (Stopwatch.GetTimestamp(), TimeSpan.Zero, 0);
            while (due < duration)
            {
                stop.ThrowIfCancellationRequested();
                var from = Stopwatch.GetElapsedTime(began);
                RandomAccess.Write(file, bytes, place);
                if (Sync((int)file.DangerousGetHandle()) != 0) throw new IOException("fdatasync: " + new Win32Exception(Marshal.GetLastPInvokeError()).Message);
                place = (place + Piece) % Length;
                var to = Stopwatch.GetElapsedTime(began);
                for (; due <= from; due += Every) waits.Add((long)(to - due).TotalNanoseconds);
            }

            return waits;
        }
        finally
        {
            File.Delete(path);
        }
    }

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int Sync(int file);
}
