namespace Liaison.Api;
internal static class Placeholder;
