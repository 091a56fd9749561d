using System.Text;

namespace Liaison.Bench.Clients;

/// <summary>Requests as bytes, made before the clock runs: one behind the other, so that several go out in one write.</summary>
/// <remarks>Not thread-safe.</remarks>
internal sealed class RequestList
{
    private readonly System.Buffers.ArrayBufferWriter<byte> bytes = new(1 << 20);
    private readonly List<int> ends = [];

    public int Count => ends.Count;

    public static RequestList Http(string path, string token, IEnumerable<string> bodies)
    {
        var list = new RequestList();
        foreach (var body in bodies)
        {
            list.Add($"POST {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n"
                + $"Content-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}");
        }

        return list;
    }

    public static RequestList RedisGet(IEnumerable<string> keys)
    {
        var list = new RequestList();
        foreach (var key in keys) list.Add($"*2\r\n$3\r\nGET\r\n${key.Length}\r\n{key}\r\n");
        return list;
    }

    /// <summary>Some requests in a row; they must not reach over the end.</summary>
    public ReadOnlySpan<byte> Slice(int first, int count)
    {
        var from = first == 0 ? 0 : ends[first - 1];
        return bytes.WrittenSpan.Slice(from, ends[first + count - 1] - from);
    }

    private void Add(string request)
    {
        bytes.Advance(Encoding.ASCII.GetBytes(request, bytes.GetSpan(request.Length)));
        ends.Add(bytes.WrittenCount);
    }
}
