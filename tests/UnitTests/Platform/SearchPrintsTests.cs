using System.Buffers.Binary;
using System.Security.Cryptography;
using CsCheck;
using Liaison.Kernel.Text;
using Liaison.Matching;
using Liaison.Platform.Searches;
using Liaison.Platform.Secrets;

namespace UnitTests.Platform;

public sealed class SearchPrintsTests
{
    private static readonly Gen<string> Numbers = Gen.Char["0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"].Array[1, 32].Select(c => new string(c));

    [Fact]
    public void Numbers_that_are_taken_for_one_another_have_the_same_and_others_do_not()
    {
        var prints = new SearchPrints(KeyFile.Fresh(), "test");
        Gen.Select(Numbers, Numbers, Gen.UShort).Sample((one, other, issuer) =>
        {
            Assert.Equal(Confusables.Fold(one) == Confusables.Fold(other), Of(prints, one, issuer) == Of(prints, other, issuer));
            Assert.Equal(Of(prints, one, issuer), Of(prints, Confusables.Fold(one), issuer));
            Assert.NotEqual(Of(prints, one, issuer), Of(prints, one, (ushort)(issuer + 1)));
        });
    }

    [Fact]
    public void Many_at_once_are_the_same_as_one_by_one()
    {
        var prints = new SearchPrints(KeyFile.Fresh(), "test");
        Gen.Select(Numbers, Gen.UShort).Array[0, 40].Sample(asked =>
        {
            Printed[] printed = [.. asked.Select(a => new Printed(Key(a.Item1), a.Item2))];
            var made = new ulong[printed.Length];
            prints.Of(printed, made);
            Assert.Equal(asked.Select(a => Of(prints, a.Item1, a.Item2)), made);
        });
    }

    [Fact]
    public void It_is_an_HMAC_under_a_key_of_its_own_from_the_key_file()
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory("liaison-keys-").FullName, KeyFile.Name);
        var file = KeyFile.Read(path, make: true);
        var key = HKDF.DeriveKey(HashAlgorithmName.SHA256, Convert.FromBase64String(File.ReadAllText(path).Trim()), 32,
            info: "liaison kept searches test"u8.ToArray());
        var message = new byte[34];
        Key("AB12").WriteFolded(message);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(32), 77);
        Assert.Equal(BinaryPrimitives.ReadUInt64BigEndian(HMACSHA256.HashData(key, message)), Of(new SearchPrints(file, "test"), "AB12", 77));
        Assert.NotEqual(Of(new SearchPrints(file, "other"), "AB12", 77), Of(new SearchPrints(file, "test"), "AB12", 77));

        // What was kept under the older line of the file is found.
        File.WriteAllText(path, $"{Convert.ToBase64String(RandomNumberGenerator.GetBytes(32))}\n{File.ReadAllText(path)}");
        var changed = new SearchPrints(KeyFile.Read(path, make: false), "test");
        Assert.NotEqual(Of(new SearchPrints(file, "test"), "AB12", 77), Of(changed, "AB12", 77));
        Assert.Equal([Of(changed, "AB12", 77), Of(new SearchPrints(file, "test"), "AB12", 77)], changed.OfAll([new(Key("AB12"), 77)]).Select(p => p[0]));
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
    }

    [Theory]
    [InlineData("A099", "A103", 0, "A099")]
    [InlineData("A099", "A103", 1, "A100")]
    [InlineData("A099", "A103", 4, "A103")]
    [InlineData("0995", "1204", 209, "1204")]
    public void A_range_counts_through_its_numbers(string first, string last, long place, string number)
    {
        Assert.Equal(RangeFault.None, NumberRange.TryCreate(Key(first), Key(last), out var range));
        Assert.Equal(number, range.At(place).Text);
        Assert.Throws<ArgumentOutOfRangeException>(() => range.At((long)range.Count));
        Assert.Throws<ArgumentOutOfRangeException>(() => range.At(-1));
    }

    private static ulong Of(SearchPrints prints, string number, ushort issuer) => prints.Of(new(Key(number), issuer));

    private static NumberKey Key(string text) => NumberKey.TryParse(text, out var key) ? key : throw new ArgumentException(text);
}
