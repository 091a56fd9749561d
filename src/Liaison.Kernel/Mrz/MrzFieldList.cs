using System.Globalization;

namespace Liaison.Kernel.Mrz;

/// <summary>The fields of a repaired zone, by name, in its order.</summary>
internal sealed class MrzFieldList
{
    private readonly MrzLayout layout;
    private readonly MrzRepairing zone;
    private readonly char[][] printed;
    private readonly char[][] read;

    internal MrzFieldList(MrzLayout layout, MrzRepairing zone, DateOnly today)
    {
        (this.layout, this.zone) = (layout, zone);
        printed = Array.ConvertAll(zone.Printed, line => line.ToCharArray());
        read = Array.ConvertAll(zone.Lines, line => line.ToCharArray());
        if (Find(MrzFields.BirthDate) is { } birth) Birth = MrzDates.Birth(Text(birth, printed), birth.In(read), today);
        if (Find(MrzFields.ExpiryDate) is { } expiry) Expiry = MrzDates.Expiry(Text(expiry, printed), expiry.In(read), today);
        Fields = [.. layout.Slots.DistinctBy(slot => slot.Name).SelectMany(Of)];
    }

    internal IReadOnlyList<MrzField> Fields { get; }

    internal MrzDate? Birth { get; }

    internal MrzDate? Expiry { get; }

    internal bool NamesPossiblyTruncated => Array.Exists(layout.Slots, slot =>
        slot.Name is MrzFields.Surname or MrzFields.GivenNames && slot.Place.In(read)[^1] != '<');

    internal string Printed(string name) => Text(Find(name)!.Value, printed).Trim('<');

    internal string Read(string name) => Text(Find(name)!.Value, read).Trim('<');

    private Place? Find(string name) => Array.Find(layout.Slots, slot => slot.Name == name)?.Place;

    private IEnumerable<MrzField> Of(Slot slot) => slot.Name switch
    {
        MrzFields.DocumentNumber => Number(),
        MrzFields.DocumentNumberCheck => [Plain(slot.Name, zone.Number.Digit!.Value)],
        MrzFields.OptionalData when zone.Number is { IsLong: true, Digit: { } digit } => [Plain(slot.Name, Rest(slot.Place, digit))],
        MrzFields.Surname when Find(MrzFields.GivenNames) is null && layout.Format != MrzFormat.FrenchDrivingLicence => Names(slot.Place),
        MrzFields.BirthDate => [Date(slot, Birth, Checked(layout.BirthCheck, zone.Checks.BirthDate))],
        MrzFields.ExpiryDate => [Date(slot, Expiry, Checked(layout.ExpiryCheck, zone.Checks.ExpiryDate))],
        MrzFields.PersonalNumber =>
        [
            Plain(slot.Name, slot.Place, null, Checked(layout.PersonalCheck, zone.Checks.PersonalNumber)) with
            {
                Candidates = zone.PersonalCandidates,
            },
        ],
        MrzFields.CompositeCheck => [Plain(slot.Name, slot.Place, null, zone.Checks.Composite)],
        _ => [Plain(slot.Name, slot.Place)],
    };

    private IEnumerable<MrzField> Number()
    {
        var place = zone.Number.Head;
        var (before, after) = (zone.Number.Text(printed), zone.Number.Text(read));
        var check = Checked(layout.NumberCheck, zone.Checks.DocumentNumber);
        yield return new(MrzFields.DocumentNumber, place.Line + 1, place.Start + 1, before, after, MrzRepairing.Bare(after), check)
        {
            Candidates = zone.NumberCandidates,
        };
        if (layout.Format != MrzFormat.FrenchId) yield break;

        // The card was issued from 1988 to 2021.
        var month = new Place(place.Line, place.Start, place.Start + 4);
        var text = Text(month, read);
        var known = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number);
        yield return Plain(MrzFields.IssueMonth, month, known ? $"{(number >= 8800 ? "19" : "20")}{text[..2]}-{text[2..]}" : "");
    }

    /// <summary>Two fillers part primary and secondary identifier; without them there is only a primary (ICAO 9303-3 §4.6).</summary>
    private IEnumerable<MrzField> Names(Place place)
    {
        var names = place.In(read);
        var split = names.IndexOf("<<", StringComparison.Ordinal);
        if (split < 0) split = names.Length;
        var given = Math.Min(split + 2, names.Length);
        yield return Plain(MrzFields.Surname, place with { End = place.Start + split });
        yield return Plain(MrzFields.GivenNames, place with { Start = place.Start + given });
    }

    /// <summary>The optional data of a card with a long number begins behind the number's check digit and a filler.</summary>
    private static Place Rest(Place optional, Place digit) => optional with { Start = Math.Min(digit.End + 1, optional.End) };

    private MrzField Date(Slot slot, MrzDate? date, CheckVerdict? check) =>
        Plain(slot.Name, slot.Place, date?.Date?.ToString() ?? "", check);

    private MrzField Plain(string name, Place place, string? value = null, CheckVerdict? check = null)
    {
        var text = Text(place, read);
        return new(name, place.Line + 1, place.Start + 1, Text(place, printed), text, value ?? Spaced(text), check);
    }

    private static CheckVerdict? Checked(CheckRule? rule, CheckVerdict verdict) => rule is null ? null : verdict;

    private static string Spaced(string text) => string.Join(' ', text.Split('<', StringSplitOptions.RemoveEmptyEntries));

    private static string Text(Place place, char[][] lines) => new(place.In(lines));
}
