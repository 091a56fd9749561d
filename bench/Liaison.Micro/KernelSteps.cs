using BenchmarkDotNet.Attributes;
using Liaison.Kernel.Mrz;
using Liaison.Kernel.Text;
using Liaison.Matching;

namespace Liaison.Micro;

/// <summary>What each question costs before the index is asked: reading a zone, parsing and folding a number.</summary>
[MemoryDiagnoser]
public class KernelSteps
{
    private const string Passport = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10";
    private const string Number = "L898902C3";
    private static readonly DateOnly Today = new(2026, 11, 1);
    private readonly char[] folded = new char[Number.Length];
    private NumberKey key;

    [GlobalSetup]
    public void Setup() => _ = NumberKey.TryParse(Number, out key) ? true : throw new InvalidOperationException("The specimen's number is none.");

    [Benchmark]
    public bool ParseMrz() => MrzParser.ParseDocument(Passport, Today).Is(out _);

    [Benchmark]
    public char FoldText()
    {
        Confusables.Fold(Number, folded);
        return folded[0];
    }

    [Benchmark]
    public bool ParseKey() => NumberKey.TryParse(Number, out _);

    [Benchmark]
    public int FoldKey() => key.Fold().Length;
}
