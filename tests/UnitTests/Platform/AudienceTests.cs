using Liaison.Platform.Access;
using Liaison.Platform.Codes;

namespace UnitTests.Platform;

public sealed class AudienceTests
{
    private static readonly string[] Named = ["FRA", "DEU", "GBR", "@EU", "@SCHENGEN", "FRA/BORDER", "DEU/BORDER/FRA-APT"];

    private static readonly IReadOnlySet<string>[] Askers =
    [
        PartyName.AllOf("FRA"), PartyName.AllOf("FRA", "FRA/BORDER"), PartyName.AllOf("FRA", "FRA/BORDER/CDG"), PartyName.AllOf("FRA", "FRA/TRAINS"),
        PartyName.AllOf("DEU"), PartyName.AllOf("DEU", "DEU/BORDER/FRA-APT"), PartyName.AllOf("GBR"), PartyName.AllOf("CHE"), PartyName.AllOf("IRL"),
        PartyName.AllOf("AIRWAYS"),
    ];

    [Theory]
    [InlineData("not DEU", "DEU", false)]
    [InlineData("not DEU", "FRA", true)]
    [InlineData("only DEU", "DEU", true)]
    [InlineData("only DEU", "FRA", false)]
    [InlineData("not DEU GBR", "GBR", false)]
    [InlineData("not @EU", "DEU", false)]
    [InlineData("not @EU", "CHE", true)]
    [InlineData("only @SCHENGEN", "CHE", true)]
    [InlineData("only @SCHENGEN", "IRL", false)]
    [InlineData("not DEU", "DEU/BORDER/FRA-APT", false)]
    [InlineData("not DEU/BORDER", "DEU/BORDER/FRA-APT", false)]
    [InlineData("not DEU/BORDER", "DEU/BORDERS", true)]
    [InlineData("not DEU/BORDER", "DEU", true)]
    [InlineData("only DEU/BORDER", "DEU", false)]
    [InlineData("only @EU", "DEU/BORDER", true)]
    public void Says_whom_a_record_is_for(string stored, string asker, bool isFor)
    {
        var names = PartyName.AllOf(asker.Split('/')[0], asker);
        Assert.Equal(isFor, Audience.Read(stored).Includes(names));
        Assert.Equal(stored, Audience.Read(stored).ToString());
    }

    /// <summary>Over all audiences of seven names: leaving one more out, or naming one fewer, or a seal, never shows anything to anybody.</summary>
    [Fact]
    public void Taking_a_right_away_never_widens_what_is_seen()
    {
        for (var set = 1; set < 1 << Named.Length; set++)
        {
            var named = Named.Where((_, i) => (set >> i & 1) != 0).ToArray();
            foreach (var one in Named)
            {
                Narrows(Audience.AllBut(named), Audience.AllBut([.. named, one]));
                if (named.Length > 1 && named.Contains(one)) Narrows(Audience.OnlyOf(named), Audience.OnlyOf(named.Where(m => m != one)));
            }

            Narrows(null, Audience.AllBut(named));
            Narrows(null, Audience.OnlyOf(named));
        }

        static void Narrows(Audience? wide, Audience narrow)
        {
            foreach (var names in Askers)
            {
                var caller = new Caller("test", names.Single(IssuingAuthoritiesOrCarrier), new HashSet<string>(), null) { Parties = names };
                foreach (var asked in (Caller[])[caller, caller with { MemberKind = MemberKind.Carrier }])
                {
                    var seen = AccessDecision.Look(asked, "FRA", narrow, false);
                    Assert.True(seen <= AccessDecision.Look(asked, "FRA", wide, false), $"{wide} → {narrow}: {string.Join(' ', names)}");
                    Assert.True(AccessDecision.Look(asked, "FRA", narrow, true) <= seen);
                    if (asked.MemberKind is MemberKind.Carrier) Assert.True(seen <= Sight.Referral);
                    else if (asked.Member == "FRA") Assert.Equal(Sight.Full, AccessDecision.Look(asked, "FRA", narrow, true));
                }
            }
        }

        static bool IssuingAuthoritiesOrCarrier(string name) => IssuingAuthorities.IsMember(name) || name == "AIRWAYS";
    }

    [Theory]
    [InlineData("@ATLANTIS", "groupUnknown")]
    [InlineData("@", "groupUnknown")]
    [InlineData("XYZ", "memberUnknown")]
    [InlineData("XYZ/BORDER", "memberUnknown")]
    [InlineData("FRA/", "unitName")]
    [InlineData("FRA//CDG", "unitName")]
    [InlineData("FRA/border", "unitName")]
    [InlineData("FRA/BORDER CDG", "unitName")]
    [InlineData("/BORDER", "unitName")]
    [InlineData("", "memberUnknown")]
    [InlineData("FRA/BORDER/CDG", null)]
    [InlineData("@EU", null)]
    public void Names_are_checked(string name, string? code) => Assert.Equal(code, PartyName.Check(name, IssuingAuthorities.IsMember, "field")?.Code);

    [Fact]
    public void A_name_has_its_longest()
    {
        var longest = "FRA/" + string.Join('/', Enumerable.Repeat(new string('A', 30), 4));
        Assert.Null(PartyName.Check(longest, IssuingAuthorities.IsMember, "field"));
        Assert.Equal("unitName", PartyName.Check(longest + "/AAAA", IssuingAuthorities.IsMember, "field")?.Code);
        Assert.Equal("restrictionsMany", Audience.Parse(Enumerable.Repeat("FRA", 101).ToArray(), null, IssuingAuthorities.IsMember, "field", out _)?.Code);
    }

    [Fact]
    public void Groups_name_members_that_there_are()
    {
        Assert.Equal(["@EU", "@SCHENGEN", "@BENELUX", "@EUROPE"], MemberGroups.Of("BEL"));
        Assert.Empty(MemberGroups.Of("UTO"));
        var sizes = IssuingAuthorities.Members.SelectMany(MemberGroups.Of).CountBy(group => group).ToDictionary();
        Assert.Equal((27, 29, 3, 5, 6), (sizes["@EU"], sizes["@SCHENGEN"], sizes["@BENELUX"], sizes["@NORDIC"], sizes["@GCC"]));
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
