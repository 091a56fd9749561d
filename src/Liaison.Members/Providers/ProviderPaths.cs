using Liaison.Api;

namespace Liaison.Members.Providers;

/// <summary>Where a provider stands among the pages. The redirect URI is its own, so that no other provider's answer can be taken for one of it.</summary>
internal static class ProviderPaths
{
    public static string SignIn(string code) => $"{Routes.SignInVia}/{code}";

    /// <summary>With where to go on to.</summary>
    public static string SignIn(string code, string next) => $"{SignIn(code)}?next={Uri.EscapeDataString(next)}";

    /// <summary>With the one-time link that it uses up.</summary>
    public static string Enrol(string code, string token) => $"{SignIn(code)}?token={Uri.EscapeDataString(token)}";

    public static string Back(string code) => $"{SignIn(code)}/back";

    public static string Keys(string code) => $"{SignIn(code)}/keys";
}
