using System.Globalization;

namespace Liaison.Members.SignIn.Pages;

/// <summary>What every page has. Razor components are public by nature; nothing outside the module uses them.</summary>
public abstract class HubPage : ComponentBase
{
    [Parameter, EditorRequired]
    public Surroundings Frame { get; set; } = null!;

    /// <summary>The hidden field that proves that a form is the hub's own.</summary>
    protected RenderFragment Guard => builder =>
    {
        builder.OpenElement(0, "input");
        builder.AddAttribute(1, "type", "hidden");
        builder.AddAttribute(2, "name", Frame.GuardField);
        builder.AddAttribute(3, "value", Frame.GuardToken);
        builder.CloseElement();
    };

    /// <summary>The text of the page's language. Names put into it are isolated (UAX #9): they may be of another direction.</summary>
    protected string T(string key, params object[] values) => values.Length == 0 ? Frame.Text(key)
        : string.Format(CultureInfo.InvariantCulture, Frame.Text(key), [.. values.Select(v => v is string text ? $"\u2068{text}\u2069" : v)]);

    /// <summary>A moment, in UTC: the same for whoever compares it with the audit. Isolated (UAX #9), so that Arabic around it does not turn it.</summary>
    protected static string At(DateTimeOffset moment) =>
        moment.UtcDateTime.ToString("'\u2066'yyyy-MM-dd HH:mm 'UTC\u2069'", CultureInfo.InvariantCulture);

    /// <summary>A way in by a member's own provider.</summary>
    /// <param name="Title">What people call it.</param>
    /// <param name="Path">Where it begins.</param>
    public sealed record Way(string Title, string Path);

    /// <param name="Text">Text by key.</param>
    /// <param name="Language">BCP 47.</param>
    /// <param name="GuardField">Name of the antiforgery field.</param>
    /// <param name="GuardToken">Its value.</param>
    /// <param name="Account">Who is signed in, or null.</param>
    public sealed record Surroundings(Func<string, string> Text, string Language, string GuardField, string GuardToken, string? Account)
    {
        public string Direction => Language == "ar" ? "rtl" : "ltr";
    }
}
