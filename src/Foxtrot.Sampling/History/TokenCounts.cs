using System.Numerics;

namespace Foxtrot.Sampling.History;

/// <summary>The distinct tokens of a sequence, in order of first appearance, with how often each was written by the model.</summary>
/// <remarks>An open-addressing map; its cost depends on the sequence, not on the vocabulary. Grows by doubling.</remarks>
internal sealed class TokenCounts
{
    private int[] _tokens;
    private int[] _outputs;
    private int[] _slots; // index + 1 into the lists; 0 is empty
    private int _count;

    public TokenCounts(int expected)
    {
        int slots = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(16, 2 * expected));
        _slots = new int[slots];
        _tokens = new int[slots / 2 + 1];
        _outputs = new int[slots / 2 + 1];
    }

    public TokenCounts(TokenCounts other)
    {
        _slots = [.. other._slots];
        _tokens = [.. other._tokens];
        _outputs = [.. other._outputs];
        _count = other._count;
    }

    /// <summary>Distinct tokens of prompt and output.</summary>
    public ReadOnlySpan<int> Tokens => _tokens.AsSpan(0, _count);

    /// <summary>Times that each of <see cref="Tokens"/> was written by the model; 0 if only the prompt has it.</summary>
    public ReadOnlySpan<int> Outputs => _outputs.AsSpan(0, _count);

    /// <summary>Notes one appearance.</summary>
    public void Add(int token, int output)
    {
        if (_count + 1 > _slots.Length / 2)
        {
            Grow();
        }

        ref int slot = ref Find(token);
        if (slot == 0)
        {
            _tokens[_count] = token;
            _outputs[_count] = 0;
            slot = ++_count;
        }

        _outputs[slot - 1] += output;
    }

    private ref int Find(int token)
    {
        // Multiplicative hashing: the golden ratio's fraction spreads neighbouring ids.
        uint index = (uint)token * 2654435769u;
        int mask = _slots.Length - 1;
        int at = (int)(index >> 7) & mask;
        while (_slots[at] != 0 && _tokens[_slots[at] - 1] != token)
        {
            at = (at + 1) & mask;
        }

        return ref _slots[at];
    }

    private void Grow()
    {
        _slots = new int[2 * _slots.Length];
        Array.Resize(ref _tokens, _slots.Length / 2 + 1);
        Array.Resize(ref _outputs, _slots.Length / 2 + 1);
        for (int i = 0; i < _count; i++)
        {
            Find(_tokens[i]) = i + 1;
        }
    }
}
