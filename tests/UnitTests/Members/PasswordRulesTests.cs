using CsCheck;
using Liaison.Members.Domain;
using Liaison.Members.SignIn;

namespace UnitTests.Members;

public sealed class PasswordRulesTests
{
    [Theory]
    [InlineData("correct horse battery staple")]
    [InlineData("kommt ein Vogel geflogen")]
    [InlineData("le chat dort sous la table")]
    [InlineData("vR7#pL2!qX9@mK4")]
    [InlineData("حديقة القمر والنافذة الزرقاء")]
    [InlineData("ɐɓɖɘɚɛɜɝɞɟɠɡɢɣɤ")]
    public void A_long_password_will_do_whatever_it_is_made_of(string password) =>
        Assert.Null(PasswordRules.Refuse(PasswordRules.Normalise(password), "officer-7"));

    [Theory]
    [InlineData("", "passwordShort")]
    [InlineData("fourteen chars", "passwordShort")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaa", "passwordGuessable")]
    [InlineData("abcabcabcabcabcabc", "passwordGuessable")]
    [InlineData("passwordpassword", "passwordGuessable")]
    [InlineData("Password1234567890", "passwordGuessable")]
    [InlineData("qwertyuiopasdfghjkl", "passwordGuessable")]
    [InlineData("123456789012345678", "passwordGuessable")]
    [InlineData("anna.bureau.uto-anna.bureau.uto", "passwordGuessable")]
    [InlineData("liaison-police-login", "passwordGuessable")]
    public void What_a_guesser_tries_first_will_not(string password, string problem) =>
        Assert.Equal(problem, PasswordRules.Refuse(PasswordRules.Normalise(password), "anna.bureau.uto"));

    [Fact]
    public void Lengths_are_counted_in_characters_as_people_count_them()
    {
        Assert.Equal("passwordShort", PasswordRules.Refuse(string.Concat(Enumerable.Repeat("🚓", 14)), "x"));
        Assert.Equal("passwordLong", PasswordRules.Refuse(new string('x', 257), "x"));
        // NFKC: the same password from another keyboard.
        Assert.Equal(PasswordRules.Normalise("caf\u00e9 au lait \u00e0 la mer"), PasswordRules.Normalise("cafe\u0301 au lait a\u0300 la mer"));
    }

    [Fact]
    public void Nothing_that_can_be_typed_makes_it_fail() =>
        Gen.String.Sample(typed => PasswordRules.Refuse(PasswordRules.Normalise(typed), "officer") is null or "passwordShort" or "passwordLong" or "passwordGuessable");

    [Fact]
    public void Half_a_character_is_no_password() => Assert.Equal("passwordShort", PasswordRules.Refuse(PasswordRules.Normalise("\ud800 correct horse battery"), "x"));

    [Fact]
    public void Every_language_says_everything()
    {
        Assert.Equal(["en", "fr", "es", "ar"], PageRenderer.Words.Languages);
        var english = PageRenderer.Words.In("en");
        foreach (var language in PageRenderer.Words.Languages.Select(PageRenderer.Words.In))
        {
            Assert.Equal(english.Keys.Order(), language.Keys.Order());
            foreach (var key in language.Keys)
            {
                Assert.False(string.IsNullOrWhiteSpace(language.Of(key)), $"{language.Language} has no {key}.");
                for (var hole = 0; hole < 3; hole++)
                    Assert.True(language.Of(key).Contains($"{{{hole}}}", StringComparison.Ordinal) == english.Of(key).Contains($"{{{hole}}}", StringComparison.Ordinal), $"{language.Language} {key}");
            }
        }
    }
}
