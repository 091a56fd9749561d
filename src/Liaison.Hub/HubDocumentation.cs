using Liaison.Api;
using Liaison.Platform.Access;
using Liaison.Platform.Web;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.Primitives;
using Microsoft.OpenApi;
using Scalar.AspNetCore;

namespace Liaison.Hub;

/// <summary>OpenAPI 3.1 from the route table, and a page to read it; both served by the hub alone, without any other server.</summary>
internal static class HubDocumentation
{
    private const string BearerScheme = "bearer";

    /// <summary>The library's page has a script and styles within; it shows nothing but the interface, and knows nobody.</summary>
    private static readonly StringValues Policy = "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
        + "img-src 'self' data:; font-src 'self' data:; connect-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'";

    public static void AddHubDocumentation(this IServiceCollection services) => services.AddOpenApi("v1", options =>
    {
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new()
            {
                Title = "Liaison",
                Version = "v1",
                Description = "A hub for police co-operation between countries. Every answer is audited before it leaves. "
                    + "A hit alone is no ground for action: confirm it with the owner.",
            };
            document.Servers = [];
            document.Components ??= new();
            document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
            {
                [BearerScheme] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer" },
            };
            return Task.CompletedTask;
        });
        options.AddOperationTransformer(Describe);
    });

    public static void MapHubDocumentation(this IEndpointRouteBuilder app)
    {
        app.MapOpenApi("/openapi/{documentName}.json").WithMetadata(new OpenRoute("The interface is no secret")).Finally(Harden);
        app.MapScalarApiReference(Routes.Reference, options => options
                .WithTitle("Liaison API").WithOpenApiRoutePattern("/openapi/{documentName}.json").DisableDefaultFonts().DisableTelemetry()
                .DisableAgent().DisableMcp().HideDeveloperTools().HideClientButton())
            .WithMetadata(new OpenRoute("The interface is no secret")).Finally(Harden);
    }

    /// <summary>What the library answers gets the headers of a page.</summary>
    private static void Harden(EndpointBuilder endpoint)
    {
        var answer = endpoint.RequestDelegate!;
        endpoint.RequestDelegate = http =>
        {
            PageHeaders.Apply(http, Policy);
            return answer(http);
        };
    }

    private static Task Describe(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellation)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        if (metadata.OfType<RouteRule>().LastOrDefault() is { } rule)
        {
            var codes = metadata.OfType<RouteProblem>().Select(p => p.Kind.Code).Distinct().Order(StringComparer.Ordinal);
            operation.Description = $"Permission `{rule.Permission.Code}`. Audit event `{rule.AuditEvent.Code}`. Problems: "
                + string.Join(", ", codes.Select(c => $"`{c}`")) + ".";
            operation.Security = [new() { [new OpenApiSecuritySchemeReference(BearerScheme, context.Document)] = [] }];
        }

        return Task.CompletedTask;
    }
}
