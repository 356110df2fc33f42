namespace Foxtrot.Sampling.Kernels;

/// <summary>The vector operations that the row kernels are written in, for one register width.</summary>
/// <remarks>
/// Every operation is exactly rounded or integer, and so gives the same bits whatever the width. Sums are kept in
/// sixteen virtual lanes: lane j of a block adds up the elements whose offset is j modulo 16, in double precision.
/// </remarks>
/// <typeparam name="TFloat">A register of single-precision numbers, or one number.</typeparam>
/// <typeparam name="TDouble">A register of half as many double-precision numbers, or one number.</typeparam>
internal interface IVectorWidth<TFloat, TDouble>
    where TFloat : struct
    where TDouble : struct
{
    /// <summary>Single-precision numbers in a register: 1, 4, 8 or 16.</summary>
    static abstract int Count { get; }

    /// <summary>Reads a register at an element offset.</summary>
    static abstract TFloat Load(ref float source, nuint offset);

    /// <summary>Writes a register at an element offset.</summary>
    static abstract void Store(TFloat value, ref float destination, nuint offset);

    /// <summary>The same number in every lane.</summary>
    static abstract TFloat Broadcast(float value);

    /// <summary>The larger of two numbers, neither of them NaN.</summary>
    static abstract TFloat Max(TFloat a, TFloat b);

    /// <summary>The largest lane.</summary>
    static abstract float MaxLane(TFloat value);

    /// <summary>a − b.</summary>
    static abstract TFloat Subtract(TFloat a, TFloat b);

    /// <summary>a · b.</summary>
    static abstract TFloat Multiply(TFloat a, TFloat b);

    /// <summary>a · b + c, rounded once.</summary>
    static abstract TFloat FusedMultiplyAdd(TFloat a, TFloat b, TFloat c);

    /// <summary>The power of two whose biased exponent is the low bits of <paramref name="shifted"/> plus <paramref name="bias"/>; 0 for exponent 0.</summary>
    static abstract TFloat PowerOfTwo(TFloat shifted, int bias);

    /// <summary>One bit per lane, lane 0 lowest: value ≥ threshold.</summary>
    static abstract uint AtLeast(TFloat value, TFloat threshold);

    /// <summary>
    /// Appends the positions (<paramref name="first"/> + lane) of the lanes in [low, high) to those that are there.
    /// Returns their new number; −1 when they do not fit. Room beyond that number may be overwritten.
    /// </summary>
    static abstract int AppendPositions(TFloat value, TFloat low, TFloat high, int first, Span<int> positions, int count);

    /// <summary>The weight where key ≥ threshold, else 0.</summary>
    static abstract TFloat WhereAtLeast(TFloat key, TFloat threshold, TFloat weight);

    /// <summary>Per lane the larger of what has been seen and the value's magnitude, both as bits: NaN's are above infinity's.</summary>
    static abstract TFloat JoinMagnitude(TFloat seen, TFloat value);

    /// <summary>True when <see cref="JoinMagnitude"/> has met NaN.</summary>
    static abstract bool HasNaN(TFloat seen);

    /// <summary>The lower half in double precision.</summary>
    static abstract TDouble WidenLower(TFloat value);

    /// <summary>The upper half in double precision; 0 when there is only one number.</summary>
    static abstract TDouble WidenUpper(TFloat value);

    /// <summary>a + b.</summary>
    static abstract TDouble Add(TDouble a, TDouble b);

    /// <summary>a · b + c, rounded once.</summary>
    static abstract TDouble FusedMultiplyAdd(TDouble a, TDouble b, TDouble c);

    /// <summary>Writes the sums of one register's lanes, lower half first.</summary>
    static abstract void StoreLanes(TDouble lower, TDouble upper, ref double destination);
}
