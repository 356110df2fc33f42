using System.Numerics;

namespace Foxtrot.Sampling.Kernels;

/// <summary>Writes down the lanes that a comparison has found.</summary>
internal static class PositionList
{
    /// <summary>Appends <paramref name="first"/> + lane for each bit of the mask; returns the new number, −1 when they do not fit.</summary>
    public static int Append(uint mask, int first, Span<int> positions, int count)
    {
        while (mask != 0)
        {
            if ((uint)count >= (uint)positions.Length)
            {
                return -1;
            }

            positions[count++] = first + BitOperations.TrailingZeroCount(mask);
            mask &= mask - 1;
        }

        return count;
    }
}
