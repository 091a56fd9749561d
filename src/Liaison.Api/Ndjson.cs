namespace Liaison.Api;

/// <summary>JSON values, one a line.</summary>
public static class Ndjson
{
    public const string MediaType = "application/x-ndjson";
}
