using Liaison.Platform.Access;
using Liaison.Platform.Data;

namespace Liaison.Hub;

/// <summary>Everything that a hub needs to serve, already known to be sound.</summary>
/// <param name="AppConnectionString">As <c>liaison_app</c>.</param>
/// <param name="Tokens">Configured callers; empty outside Development.</param>
/// <param name="Node">This node's own folder and limits.</param>
/// <param name="Port">On loopback; 0 takes any free one.</param>
/// <param name="EnvironmentName"><c>Development</c> or <c>Production</c>.</param>
internal sealed record HubSettings(string AppConnectionString, DevelopmentTokens Tokens, NodeOptions Node, int Port, string EnvironmentName)
{
    /// <summary>Where to listen when not on loopback, as <c>http://0.0.0.0:8080</c>; refused with development tokens.</summary>
    public string? Urls { get; init; }

    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
