using System.Runtime.CompilerServices;

namespace Foxtrot.Sampling.Kernels;

/// <summary>An <see cref="ExpScale"/> spread over a register's lanes.</summary>
internal readonly struct ExpLanes<TWidth, TFloat, TDouble>
    where TWidth : struct, IVectorWidth<TFloat, TDouble>
    where TFloat : struct
    where TDouble : struct
{
    public readonly TFloat Origin;
    public readonly TFloat SlopeHigh;
    public readonly TFloat SlopeLow;
    public readonly TFloat Floor;
    public readonly int ExponentBias;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ExpLanes(in ExpScale scale)
    {
        Origin = TWidth.Broadcast(scale.Origin);
        SlopeHigh = TWidth.Broadcast(scale.SlopeHigh);
        SlopeLow = TWidth.Broadcast(scale.SlopeLow);
        Floor = TWidth.Broadcast(scale.Floor);
        ExponentBias = scale.ExponentBias;
    }
}
