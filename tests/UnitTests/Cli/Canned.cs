namespace UnitTests.Cli;

/// <summary>Answers of a hub as they travel, with synthetic content.</summary>
internal static class Canned
{
    public const string Id = "019a0000-0000-7000-8000-000000000001";

    public const string Document = $$"""
        {"id":"{{Id}}","version":3,"owner":"UTO","number":"L898902C3","issuer":"UTO","kind":"passport","status":"stolen",
        "eventDate":"2024-05","eventPlace":"Port of Zenda","expiryDate":"2030-04-15","nationalReference":"Ref 7","reviewDate":"2034-05-17",
        "recordedAt":"2024-05-17T08:00:00+00:00","changedAt":"2024-06-01T08:00:00+00:00"}
        """;

    // The unknown member and the odd spacing show that the answer passes through untouched.
    public static string Search(string answer) => $$"""
        {"answer" : "{{answer}}","searchId":"019a0000-0000-7000-8000-0000000000ff","asOf":{"position":42,"at":"2025-01-02T03:04:05Z"},
        "matches":[{"confidence":"hit","reasons":[{"code":"numberExact","text":"The number is exactly the same."}],
        "notes":[{"code":"documentExpired","text":"The document has expired."}],"document":{{Document}},"confirm":"Ask the owner, UTO."}],
        "more":false,"notes":[],"addedByANewerHub":{"a":[1]} }
        """;

    public const string NotKnown = """
        {"answer":"notKnown","searchId":"019a0000-0000-7000-8000-0000000000ff","asOf":{"position":42,"at":"2025-01-02T03:04:05Z"},"matches":[],"more":false,"notes":[]}
        """;

    public const string Duplicate = $$"""
        {"type":"urn:liaison:problem:duplicateDocument","title":"This document is already on file","status":409,"code":"duplicateDocument",
        "detail":"Change the record that is there.","errors":[{"field":"number","code":"duplicate","message":"An active record has it."}],
        "existingId":"{{Id}}","traceId":"abc123"}
        """;

    public const string Import = """
        {"id":"019a0000-0000-7000-8000-0000000000aa","state":"done","feed":"default","mode":"delta","receivedAt":"2026-01-01T00:00:00Z",
        "rows":3,"recorded":1,"changed":0,"unchanged":0,"withdrawn":0,"rejected":2,"bytes":9,"bytesRead":9,"rejects":[
        {"line":3,"column":"=cmd()","code":"unknownColumn","message":"Remove the column, or name it as the format says."},
        {"line":4,"column":"issuer","code":"unknownIssuer","message":"Give an ICAO code, \"UTO\" for one."}]}
        """;
}
