using Liaison.Api.Hits;
using Liaison.Hits;
using Liaison.Hits.Domain;

namespace UnitTests.Hits;

/// <summary>Whatever a hit may be, there are words for it in each official language.</summary>
public sealed class HitTextsTests
{
    [Fact]
    public void Every_role_state_level_and_outcome_has_words_in_four_languages()
    {
        Assert.Equal(["en", "fr", "es", "ar"], HitTexts.Words.Languages);
        HashSet<string> used = [];
        foreach (var texts in HitTexts.Words.Languages.Select(HitTexts.Words.In))
        {
            foreach (var (role, state) in Standings())
            {
                foreach (var level in Enum.GetValues<HitLevel>())
                {
                    var hit = new Hit { Id = Guid.Empty, Role = role, State = state, Version = 1, Level = level.Code() };
                    Assert.All(HitCodes.Outcomes, outcome => Assert.True(HitTexts.Of(hit with { Outcome = outcome }, texts).Length > HitTexts.Of(hit, texts).Length));
                }

                used.Add($"{role}.{state}");
            }

            Assert.All(texts.Keys, key => Assert.False(string.IsNullOrWhiteSpace(texts.Of(key)), $"{texts.Language} {key}"));
            if (texts.Language != "en") Assert.DoesNotContain(texts.Keys, key => texts.Of(key) == HitTexts.Words.In("en").Of(key));
        }

        // Nothing is translated that nobody says.
        used.UnionWith(HitCodes.Outcomes.Select(outcome => $"outcome.{outcome}"));
        used.UnionWith(["level.dutyRoom", "level.secretariat"]);
        Assert.Empty(HitTexts.Words.In("en").Keys.Except(used));
    }

    private static IEnumerable<(string Role, string State)> Standings()
    {
        foreach (var role in (HitParty[])[HitParty.Asker, HitParty.Owner, HitParty.Secretariat])
        {
            foreach (var state in Enum.GetValues<HitState>()) yield return (role.Code(), state.Code());
        }

        yield return ("asker", "opening");
        yield return ("asker", "possible");
    }
}
