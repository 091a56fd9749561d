namespace Liaison.Platform;
internal static class Placeholder;
