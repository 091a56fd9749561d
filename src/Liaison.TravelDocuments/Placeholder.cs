namespace Liaison.TravelDocuments;
internal static class Placeholder;
