using System.Security.Cryptography;
using CsCheck;
using Liaison.Platform.Searches;

namespace UnitTests.Platform;

public sealed class InquiryTests
{
    private static readonly Gen<Mark[]> Marks = Gen.Select(Gen.Int[0, 3], Gen.Long[0, 300], Gen.ULong).Array[1, 40].Select(steps =>
    {
        var (place, line) = (0, 0L);
        return steps.Select(step => new Mark(place = Math.Min(place + step.Item1, 2047), line += step.Item2, step.Item3)).ToArray();
    });

    private static readonly Gen<Inquiry> Inquiries = Gen.Select(Gen.Guid, Gen.Long[0, 4_000_000_000_000_000], Gen.Long[0, long.MaxValue], Marks)
        .Select((entry, micros, position, marks) => new Inquiry(entry, DateTimeOffset.UnixEpoch.AddMicroseconds(micros), position, marks));

    [Fact]
    public void What_was_packed_is_read_back_in_rows_that_are_not_too_full() => Inquiries.Array[1, 300].Sample(inquiries =>
    {
        byte[][] rows = [.. KeptRow.Pack(inquiries.Select(i => (i.Marks.Count, i.Encode())))];
        var read = rows.Select(row => KeptRow.Read(row)!).ToArray();
        Assert.All(read, row => Assert.InRange(row.Inquiries.Sum(i => i.Marks.Count), 1, 1 << KeptRow.PlaceBits));
        var all = read.SelectMany(row => row.Inquiries).ToArray();
        Assert.Equal(inquiries.Select(i => (i.Entry, i.At, i.Position)), all.Select(i => (i.Entry, i.At, i.Position)));
        Assert.Equal(inquiries.SelectMany(i => i.Marks), all.SelectMany(i => i.Marks));
        foreach (var (row, whole) in rows.Zip(read))
        {
            List<ulong> prints = [1];
            Assert.Equal(whole.Inquiries.Min(i => i.Position), KeptRow.Skim(row, prints));
            Assert.Equal([1, .. whole.Inquiries.SelectMany(i => i.Marks).Select(m => m.Print)], prints);
            Assert.Null(KeptRow.Skim(row.AsSpan(0, row.Length - 1), prints));
            Assert.Equal(1 + whole.Inquiries.Sum(i => i.Marks.Count), prints.Count);
        }
    }, iter: 50);

    [Fact]
    public void A_place_counts_through_all_inquiries_of_the_row() => Inquiries.Array[1, 20].Sample(inquiries =>
    {
        var row = KeptRow.Read(KeptRow.Pack(inquiries.Select(i => (i.Marks.Count, i.Encode()))).Single())!;
        var place = 0;
        foreach (var inquiry in inquiries)
        {
            foreach (var mark in inquiry.Marks) Assert.Equal((inquiry.Entry, mark), (row.At(place)!.Value.Inquiry.Entry, row.At(place++)!.Value.Mark));
        }

        Assert.Null(row.At(place));
    }, iter: 50);

    [Fact]
    public void A_search_of_its_own_takes_some_forty_bytes() =>
        Assert.InRange(new Inquiry(Guid.NewGuid(), DateTimeOffset.UnixEpoch, 1_000_000, [new(0, 0, ulong.MaxValue)]).Encode().Length, 30, 40);

    [Fact]
    public void A_row_that_was_cut_or_is_of_another_version_is_none()
    {
        var row = KeptRow.Pack([(1, new Inquiry(Guid.NewGuid(), DateTimeOffset.UnixEpoch, 7, [new(0, 3, 5)]).Encode())]).Single();
        Assert.NotNull(KeptRow.Read(row));
        for (var length = 2; length < row.Length; length++) Assert.Null(KeptRow.Read(row.AsSpan(0, length)));
        row[0]++;
        Assert.Null(KeptRow.Read(row));
    }

    [Fact]
    public void Eight_at_once_are_what_the_platform_computes_one_by_one() => Gen.Select(Gen.Byte.Array[32], Gen.Byte.Array[34].Array[1, 8]).Sample((key, messages) =>
    {
        Span<System.Runtime.Intrinsics.Vector256<uint>> block = stackalloc System.Runtime.Intrinsics.Vector256<uint>[16];
        for (var word = 0; word < 16; word++)
        {
            var lanes = new uint[HmacLanes.Lanes];
            for (var lane = 0; lane < messages.Length; lane++)
            {
                byte[] padded = [.. messages[lane], 0x80, .. new byte[27], (byte)((64 + 34) * 8 >> 8), (byte)((64 + 34) * 8 & 0xFF)];
                lanes[lane] = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(padded.AsSpan(4 * word));
            }

            block[word] = System.Runtime.Intrinsics.Vector256.Create(lanes);
        }

        var first = new ulong[messages.Length];
        new HmacLanes(key).Compute(block, first);
        Assert.Equal(messages.Select(m => System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(HMACSHA256.HashData(key, m))), first);
    }, iter: 200);
}
