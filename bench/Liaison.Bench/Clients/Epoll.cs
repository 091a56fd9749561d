using System.Buffers.Binary;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Liaison.Bench.Clients;

/// <summary>
/// Linux's epoll over sockets of the framework: one thread serves hundreds of connections for what a client in C costs, so that the client
/// does not decide what a server on the same machine can do.
/// </summary>
/// <remarks>For one thread.</remarks>
internal sealed unsafe partial class Epoll : IDisposable
{
    private const int AddSocket = 1, Readable = 1, MostEvents = 512;

    /// <summary>The kernel packs the event on x86-64 only.</summary>
    private static readonly int EventBytes = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;

    private readonly byte[] events = GC.AllocateArray<byte>(MostEvents * 16, pinned: true);
    private readonly int handle;

    public Epoll()
    {
        handle = Create(0);
        if (handle < 0) throw new IOException($"epoll_create1 failed with error {Marshal.GetLastPInvokeError()}.");
    }

    public void Add(Socket socket, int mark)
    {
        var bytes = stackalloc byte[16];
        BinaryPrimitives.WriteInt32LittleEndian(new Span<byte>(bytes, 16), Readable);
        BinaryPrimitives.WriteInt32LittleEndian(new Span<byte>(bytes + EventBytes - 8, 8), mark);
        if (Control(handle, AddSocket, (int)socket.Handle, bytes) != 0)
            throw new IOException($"epoll_ctl failed with error {Marshal.GetLastPInvokeError()}.");
    }

    /// <summary>Waits until a socket can be read, at most so long; the marks of those that can are in <paramref name="marks"/>.</summary>
    public int Wait(TimeSpan atMost, Span<int> marks)
    {
        var nanoseconds = (long)Math.Max(0, atMost.TotalNanoseconds);
        var time = stackalloc long[2] { nanoseconds / 1_000_000_000, nanoseconds % 1_000_000_000 };
        int count;
        fixed (byte* first = events) count = WaitFor(handle, first, Math.Min(MostEvents, marks.Length), time, null);
        if (count < 0)
        {
            const int Interrupted = 4;
            return Marshal.GetLastPInvokeError() == Interrupted
                ? 0
                : throw new IOException($"epoll_pwait2 failed with error {Marshal.GetLastPInvokeError()}; it needs Linux 5.11 or later.");
        }

        for (var i = 0; i < count; i++) marks[i] = BinaryPrimitives.ReadInt32LittleEndian(events.AsSpan(i * EventBytes + EventBytes - 8));
        return count;
    }

    public void Dispose() => _ = Close(handle);

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    private static partial int Create(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    private static partial int Control(int epoll, int operation, int socket, byte* what);

    [LibraryImport("libc", EntryPoint = "epoll_pwait2", SetLastError = true)]
    private static partial int WaitFor(int epoll, byte* events, int most, long* time, void* signals);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int handle);
}
