using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Liaison.Bench.Clients;

/// <summary>What a client saw.</summary>
/// <param name="Answers">Answers received in time.</param>
/// <param name="Bad">Of these, errors.</param>
/// <param name="Repeated">How often the list of requests began anew.</param>
internal sealed record LoadResult(long Answers, long Bad, int Repeated, TimeSpan Took, Histogram Latencies)
{
    public double PerSecond => Answers / Took.TotalSeconds;
}

/// <summary>
/// Asks one server over many connections from one thread. Closed loop: each connection asks again when it was answered. Open loop: requests
/// have their times, whatever the server does, and a latency counts from the time at which the request should have gone: a stall of the
/// server is felt by all who would have asked meanwhile, so nothing is omitted in a coordinated way.
/// </summary>
internal sealed class LoadClient(int port, int connections, Framing framing)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public LoadResult RunClosed(RequestList requests, int pipeline, TimeSpan duration, CancellationToken stop)
    {
        using var run = new Run(port, connections, framing, requests);
        return run.Closed(pipeline, duration, stop);
    }

    /// <exception cref="TimeoutException">The server had not answered everything ten seconds after the last request was due.</exception>
    public LoadResult RunOpen(RequestList requests, double perSecond, TimeSpan duration, CancellationToken stop)
    {
        using var run = new Run(port, connections, framing, requests);
        return run.Open(perSecond, duration, stop);
    }

    private sealed class Connection(Socket socket)
    {
        private readonly byte[] received = new byte[64 << 10];
        private int filled;

        public Socket Socket => socket;

        public int Waiting { get; set; }

        /// <summary>When the request should have gone, as a timestamp.</summary>
        public long Due { get; set; }

        public void Send(ReadOnlySpan<byte> bytes)
        {
            if (socket.Send(bytes, SocketFlags.None, out var error) != bytes.Length || error != SocketError.Success)
                throw new IOException($"The server does not take requests ({error}).");
        }

        /// <summary>Takes what has come; how many answers are whole, and how many of these are bad.</summary>
        public (int Answers, int Bad) Receive(Framing framing)
        {
            var got = socket.Receive(received.AsSpan(filled), SocketFlags.None, out var error);
            if (error == SocketError.WouldBlock) return default;
            if (got == 0 || error != SocketError.Success) throw new IOException($"The server closed a connection ({error}).");
            filled += got;
            var (at, answers, bad) = (0, 0, 0);
            while (at < filled && framing(received.AsSpan(at, filled - at)) is { Length: > 0 } answer)
            {
                at += answer.Length;
                answers++;
                if (!answer.IsGood) bad++;
            }

            received.AsSpan(at, filled - at).CopyTo(received);
            filled -= at;
            Waiting -= answers;
            return (answers, bad);
        }
    }

    private sealed class Run : IDisposable
    {
        private readonly Epoll epoll = new();
        private readonly Connection[] all;
        private readonly int[] ready;
        private readonly Framing framing;
        private readonly RequestList requests;
        private readonly Histogram latencies = new();
        private int next, repeated;
        private long answers, bad;

        public Run(int port, int connections, Framing framing, RequestList requests)
        {
            (this.framing, this.requests) = (framing, requests);
            ready = new int[connections];
            all = new Connection[connections];
            for (var i = 0; i < connections; i++)
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                all[i] = new(socket);
                socket.Connect(IPAddress.Loopback, port);
                socket.Blocking = false;
                epoll.Add(socket, i);
            }
        }

        public LoadResult Closed(int pipeline, TimeSpan duration, CancellationToken stop)
        {
            var started = Stopwatch.GetTimestamp();
            foreach (var connection in all) Ask(connection, pipeline, Stopwatch.GetTimestamp());
            while (Stopwatch.GetElapsedTime(started) < duration)
            {
                stop.ThrowIfCancellationRequested();
                foreach (var mark in ready.AsSpan(0, epoll.Wait(TimeSpan.FromMilliseconds(100), ready)))
                {
                    if (Take(all[mark])) Ask(all[mark], pipeline, Stopwatch.GetTimestamp());
                }
            }

            return new(answers, bad, repeated, Stopwatch.GetElapsedTime(started), latencies);
        }

        public LoadResult Open(double perSecond, TimeSpan duration, CancellationToken stop)
        {
            var idle = new Stack<Connection>(all);
            var started = Stopwatch.GetTimestamp();
            var total = (long)(perSecond * duration.TotalSeconds);
            var asked = 0L;
            while (answers < total)
            {
                stop.ThrowIfCancellationRequested();
                var now = Stopwatch.GetTimestamp();
                while (asked < total && Due(asked) <= now && idle.TryPop(out var free)) Ask(free, 1, Due(asked++));
                if (Stopwatch.GetElapsedTime(started) > duration + Patience)
                    throw new TimeoutException($"{total - answers} of {total} requests were not answered.");

                // Without an idle connection nothing can go out before something has come in.
                var wait = asked < total && idle.Count > 0 ? Stopwatch.GetElapsedTime(now, Due(asked)) : TimeSpan.FromMilliseconds(10);
                foreach (var mark in ready.AsSpan(0, epoll.Wait(wait, ready)))
                {
                    if (Take(all[mark])) idle.Push(all[mark]);
                }
            }

            return new(answers, bad, repeated, Stopwatch.GetElapsedTime(started), latencies);

            long Due(long number) => started + (long)(number * (Stopwatch.Frequency / perSecond));
        }

        public void Dispose()
        {
            epoll.Dispose();
            foreach (var connection in all) connection?.Socket.Dispose();
        }

        private void Ask(Connection connection, int count, long due)
        {
            if (next + count > requests.Count) (next, repeated) = (0, repeated + 1);
            connection.Due = due;
            connection.Waiting = count;
            connection.Send(requests.Slice(next, count));
            next += count;
        }

        /// <summary>True when the connection was answered all that it asked.</summary>
        private bool Take(Connection connection)
        {
            var (come, wrong) = connection.Receive(framing);
            answers += come;
            bad += wrong;
            if (connection.Waiting > 0 || come == 0) return false;
            latencies.Add((long)Stopwatch.GetElapsedTime(connection.Due).TotalNanoseconds);
            return true;
        }
    }
}
