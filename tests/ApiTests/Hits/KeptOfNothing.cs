using System.Security.Cryptography;
using Liaison.Platform.Searches;
using Npgsql;
using NpgsqlTypes;

namespace ApiTests.Hits;

/// <summary>Fingerprints of nothing, as a hub writes them that is asked four hundred times in each batch of its audit.</summary>
internal static class KeptOfNothing
{
    private const int InRow = 400;

    public static async Task WriteAsync(NpgsqlConnection connection, long searches, DateTimeOffset at)
    {
        await using var copy = await connection.BeginBinaryImportAsync("COPY platform.kept_inquiry (at, body) FROM STDIN (FORMAT BINARY)");
        for (var left = searches; left > 0; left -= InRow)
        {
            var inquiries = Enumerable.Range(0, (int)Math.Min(left, InRow)).Select(_ => new Inquiry(Guid.CreateVersion7(at), at, long.MaxValue,
                [new(0, 0, BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)))]));
            foreach (var row in KeptRow.Pack(inquiries.Select(i => (1, i.Encode()))))
            {
                await copy.StartRowAsync();
                await copy.WriteAsync(at, NpgsqlDbType.TimestampTz);
                await copy.WriteAsync(row, NpgsqlDbType.Bytea);
            }
        }

        await copy.CompleteAsync();
    }
}
