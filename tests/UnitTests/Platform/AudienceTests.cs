using Liaison.Platform.Access;
using Liaison.Platform.Codes;

namespace UnitTests.Platform;

public sealed class AudienceTests
{
    private static readonly string[] Some = ["FRA", "DEU", "GBR", "ESP", "UTO"];

    public static TheoryData<string, string, bool> Seen => new()
    {
        { "not DEU", "DEU", false }, { "not DEU", "FRA", true }, { "only DEU", "DEU", true }, { "only DEU", "FRA", false },
        { "not DEU GBR", "GBR", false }, { "only DEU GBR", "GBR", true },
    };

    [Theory]
    [MemberData(nameof(Seen))]
    public void Says_whom_a_record_is_for(string stored, string member, bool isFor)
    {
        Assert.Equal(isFor, Audience.Read(stored).Includes(member));
        Assert.Equal(stored, Audience.Read(stored).ToString());
    }

    /// <summary>Over all audiences of five members: leaving one more out, or naming one fewer, never shows anything to anybody.</summary>
    [Fact]
    public void Taking_a_right_away_never_widens_what_is_seen()
    {
        for (var set = 1; set < 1 << Some.Length; set++)
        {
            var named = Some.Where((_, i) => (set >> i & 1) != 0).ToArray();
            foreach (var one in Some)
            {
                Narrows(Audience.AllBut(named), Audience.AllBut([.. named, one]));
                if (named.Length > 1 && named.Contains(one)) Narrows(Audience.OnlyOf(named), Audience.OnlyOf(named.Where(m => m != one)));
            }

            Narrows(null, Audience.AllBut(named));
            Narrows(null, Audience.OnlyOf(named));
        }

        static void Narrows(Audience? wide, Audience narrow)
        {
            foreach (var member in Some)
            {
                var caller = new Caller("test", member, new HashSet<string>(), null);
                Assert.True(AccessDecision.MaySee(caller, "FRA", wide) || !AccessDecision.MaySee(caller, "FRA", narrow), $"{wide} → {narrow}: {member}");
                if (member == "FRA") Assert.True(AccessDecision.MaySee(caller, "FRA", narrow), "The owner always sees its record.");
            }
        }
    }

    [Fact]
    public void Equal_audiences_are_equal_texts()
    {
        Assert.Equal(Audience.AllBut("GBR", "DEU", "GBR"), Audience.AllBut("DEU", "GBR"));
        Assert.Equal("not DEU GBR", Audience.AllBut("GBR", "DEU", "GBR").ToString());
        Assert.NotEqual(Audience.AllBut("DEU"), Audience.OnlyOf("DEU"));
        Assert.Equal(Audience.OnlyOf("DEU", "FRA").GetHashCode(), Audience.OnlyOf("FRA", "DEU").GetHashCode());
    }

    [Theory]
    [InlineData("")]
    [InlineData("not")]
    [InlineData("DEU")]
    public void A_malformed_text_is_no_audience(string stored) => Assert.Throws<InvalidDataException>(() => Audience.Read(stored));
}
