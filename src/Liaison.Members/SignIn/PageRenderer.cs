using System.Text;
using Liaison.Members.SignIn.Pages;
using Liaison.Platform.Web;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Liaison.Members.SignIn;

/// <summary>
/// Pages are Razor components rendered once, to text. Without <c>AddRazorComponents</c>: its circuits, navigation and streaming have no use
/// here, and the API's requests would pay for the accessors it brings.
/// </summary>
internal sealed class PageRenderer(IServiceProvider services, ILoggerFactory loggers, IAntiforgery antiforgery)
{
    /// <summary>The words of the pages.</summary>
    public static readonly TextTable Words = TextTable.Embedded(typeof(PageRenderer).Assembly, "sign-in/texts.tsv");

    public IResult Show<TPage>(HttpContext http, params (string Name, object? Value)[] parameters)
        where TPage : HubPage => Show<TPage>(http, StatusCodes.Status200OK, parameters);

    public IResult Show<TPage>(HttpContext http, int status, params (string Name, object? Value)[] parameters)
        where TPage : HubPage => new PageAnswer<TPage>(this, status, parameters);

    private async Task WriteAsync<TPage>(HttpContext http, int status, (string Name, object? Value)[] parameters)
        where TPage : HubPage
    {
        var texts = Words.For(http.Request);
        var tokens = antiforgery.GetAndStoreTokens(http);
        var all = parameters.ToDictionary(p => p.Name, p => p.Value);
        all[nameof(HubPage.Frame)] = new HubPage.Surroundings(
            texts.Of, texts.Language, tokens.FormFieldName, tokens.RequestToken!, Session.Find(http)?.Account);
        await using var renderer = new HtmlRenderer(services, loggers);
        var html = await renderer.Dispatcher.InvokeAsync(async () =>
            (await renderer.RenderComponentAsync<TPage>(ParameterView.FromDictionary(all))).ToHtmlString());
        http.Response.StatusCode = status;
        http.Response.ContentType = "text/html; charset=utf-8";
        http.Response.Headers.ContentLanguage = texts.Language;
        http.Response.Headers.Vary = "Accept-Language";
        // The antiforgery system wrote a weaker one.
        http.Response.Headers.CacheControl = "no-store";
        await http.Response.WriteAsync(html, Encoding.UTF8, http.RequestAborted);
    }

    private sealed class PageAnswer<TPage>(PageRenderer renderer, int status, (string Name, object? Value)[] parameters) : IResult
        where TPage : HubPage
    {
        public Task ExecuteAsync(HttpContext httpContext) => renderer.WriteAsync<TPage>(httpContext, status, parameters);
    }
}
