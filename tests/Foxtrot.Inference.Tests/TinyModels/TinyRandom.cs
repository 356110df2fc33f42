namespace Foxtrot.Inference.Tests.TinyModels;

/// <summary>SplitMix64 (Steele, Lea and Flood 2014), started from a seed and a name: weights that are the same on every machine.</summary>
internal sealed class TinyRandom
{
    private ulong _state;

    public TinyRandom(ulong seed, string name)
    {
        _state = seed;
        foreach (var letter in name)
        {
            _state = (_state ^ letter) * 0x100000001B3;
        }
    }

    public ulong Next()
    {
        var z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>Numbers in [-scale, scale).</summary>
    public float[] Uniform(int count, float scale)
    {
        var values = new float[count];
        for (var i = 0; i < count; i++)
        {
            values[i] = ((Next() >> 40) * (2f / (1 << 24)) - 1) * scale;
        }

        return values;
    }

    public byte[] Bytes(int count)
    {
        var values = new byte[count];
        for (var i = 0; i < count; i++)
        {
            values[i] = (byte)(Next() >> 56);
        }

        return values;
    }
}
