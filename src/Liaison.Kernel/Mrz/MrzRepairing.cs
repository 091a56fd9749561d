namespace Liaison.Kernel.Mrz;

/// <summary>
/// Repairs one zone: first what the kind of a field forces, then what a check digit proves. Used once, by one thread.
/// </summary>
internal sealed class MrzRepairing
{
    private readonly MrzLayout layout;
    private readonly char[][] read;
    private readonly List<MrzRepair> repairs = [];

    internal MrzRepairing(MrzLayout layout, string[] printed)
    {
        this.layout = layout;
        Printed = printed;
        read = Array.ConvertAll(printed, line => line.ToCharArray());
        Number = MrzNumber.In(layout, printed);
        (Checks, Reading) = MrzVerdicts.Of(layout, printed, printed);
        Force();
        ProveNumber();
        ProvePersonalNumber();
        Lines = Array.ConvertAll(read, line => new string(line));
        (RepairedChecks, var repairedReading) = MrzVerdicts.Of(layout, Lines, printed);
        Reading ??= repairedReading;
        repairs.Sort((a, b) => (a.Line, a.Column).CompareTo((b.Line, b.Column)));
    }

    internal string[] Printed { get; }

    internal string[] Lines { get; }

    internal MrzNumber Number { get; }

    internal MrzChecks Checks { get; }

    internal MrzChecks RepairedChecks { get; }

    internal NumberReading? Reading { get; }

    internal IReadOnlyList<MrzRepair> Repairs => repairs;

    /// <summary>Numbers one replacement away that fit, fillers dropped: <see cref="MrzDocument.RepairedNumbers"/>.</summary>
    internal IReadOnlyList<string> RepairedNumbers { get; private set; } = [];

    /// <summary>Several repairs of the document number that fit equally well.</summary>
    internal IReadOnlyList<string> NumberCandidates { get; private set; } = [];

    /// <summary>Several repairs of the personal number that fit equally well.</summary>
    internal IReadOnlyList<string> PersonalCandidates { get; private set; } = [];

    private void Force()
    {
        foreach (var slot in layout.Slots)
        {
            var printed = new string(slot.Place.In(read));
            var forced = slot.Kind switch
            {
                FieldKind.DocumentCode when layout.Constant is { } constant => constant[..2],
                FieldKind.State when layout.Constant is { } constant => constant[2..],
                var kind => ForcedReading.Read(kind, printed),
            };
            var why = slot.Kind == FieldKind.Names ? null : MrzRepair.ForcedByFieldType;
            Write(slot.Place, forced, slot.Name, why);
        }

        if (!Number.IsLong || Number.Digit is not { } digit) return;
        var number = ForcedReading.AsDigit(digit.In(read)[0]).ToString();
        Write(digit, number, MrzFields.DocumentNumberCheck, MrzRepair.ForcedByFieldType);
    }

    private void ProveNumber()
    {
        if (Checks.DocumentNumber != CheckVerdict.Invalid || Number.Digit is not { } place) return;
        var digit = place.In(read)[0];
        if (!char.IsAsciiDigit(digit)) return;
        var forced = Number.Text(read);
        var proof = new NumberProof(forced, Free(forced.Length), Readings(), digit - '0');
        if (proof.Fits)
        {
            var printed = Number.Text(Array.ConvertAll(Printed, line => line.ToCharArray()));
            if (forced != printed) RepairedNumbers = [Bare(forced)];
            return;
        }

        RepairedNumbers = proof.Candidates(1).ConvertAll(Bare);
        var smallest = proof.Smallest();
        if (smallest.Count != 1)
        {
            NumberCandidates = smallest;
            return;
        }

        Write(Number.Head, smallest[0][..Number.Head.Length], MrzFields.DocumentNumber, MrzRepair.ProvedByCheckDigit);
        if (Number.Tail is { } tail) Write(tail, smallest[0][Number.Head.Length..], MrzFields.DocumentNumber, MrzRepair.ProvedByCheckDigit);
    }

    private void ProvePersonalNumber()
    {
        if (Checks.PersonalNumber != CheckVerdict.Invalid || layout.PersonalCheck is not { } check) return;
        var digit = check.Digit.In(read)[0];
        if (!char.IsAsciiDigit(digit)) return;
        var number = check.Covered(read);
        var free = new bool[number.Length];
        Array.Fill(free, true);
        var proof = new NumberProof(number, free, [new(0, 0, int.MaxValue)], digit - '0');
        if (proof.Fits) return;
        var smallest = proof.Smallest();
        if (smallest.Count == 1) Write(check.Over[0], smallest[0], MrzFields.PersonalNumber, MrzRepair.ProvedByCheckDigit);
        else PersonalCandidates = smallest;
    }

    /// <summary>Which places of the number may hold letters and digits; elsewhere the kind of field has already decided.</summary>
    private bool[] Free(int length)
    {
        var free = new bool[length];
        Array.Fill(free, true);
        foreach (var slot in layout.Slots)
        {
            if (slot.Name != MrzFields.DocumentNumber || slot.Kind == FieldKind.Alphanumeric) continue;
            Array.Fill(free, false, slot.Place.Start - Number.Head.Start, slot.Place.Length);
        }

        return free;
    }

    private NumberProof.Reading[] Readings()
    {
        if (Number.IsLong) return [new(0, 0, int.MaxValue), new(0, 0, Number.Head.Length)];
        var over = layout.NumberCheck!.Over[0];
        var before = new Place(over.Line, over.Start, Number.Head.Start);
        return [new(before.Length, CheckDigit.Of(before.In(read)), int.MaxValue)];
    }

    /// <param name="place">Where.</param>
    /// <param name="text">What to read there; as long as the place.</param>
    /// <param name="field">The field's name.</param>
    /// <param name="why">The reason; null for names, where the character tells it.</param>
    private void Write(Place place, string text, string field, string? why)
    {
        for (var i = 0; i < text.Length; i++)
        {
            ref var c = ref read[place.Line][place.Start + i];
            if (c == text[i]) continue;
            var reason = why ?? (text[i] == '<' ? MrzRepair.FillerRun : MrzRepair.ForcedByFieldType);
            repairs.Add(new(field, place.Line + 1, place.Start + i + 1, c, text[i], reason));
            c = text[i];
        }
    }

    internal static string Bare(string text) => text.Replace("<", "", StringComparison.Ordinal);
}
