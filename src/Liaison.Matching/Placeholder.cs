namespace Liaison.Matching;
internal static class Placeholder;
