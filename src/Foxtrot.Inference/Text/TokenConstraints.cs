using System.Collections.Frozen;
using Foxtrot.Inference.Tokenization;

namespace Foxtrot.Inference.Text;

/// <summary>Turns constraints that people write as text into the token ids that sampling works on.</summary>
public static class TokenConstraints
{
    /// <summary>The default of <c>dry_sequence_breakers</c>.</summary>
    public static IReadOnlyList<string> DefaultDryBreakers { get; } = ["\n", ":", "\"", "*"];

    /// <summary>The token sequences of forbidden words: each word as the beginning of a text and after a space.</summary>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="words">Words, none of them empty.</param>
    public static IReadOnlyList<IReadOnlyList<int>> BadWords(ITokenizer tokenizer, IEnumerable<string> words)
    {
        var sequences = new List<IReadOnlyList<int>>();
        foreach (var word in words)
        {
            var bare = tokenizer.Encode(word, addSpecialTokens: false, parseSpecial: false);
            var spaced = tokenizer.Encode(" " + word, addSpecialTokens: false, parseSpecial: false);
            sequences.Add(bare);
            if (!bare.AsSpan().SequenceEqual(spaced))
            {
                sequences.Add(spaced);
            }
        }

        return sequences;
    }

    /// <summary>The tokens that end a repetition for DRY: all whose text contains one of the breakers.</summary>
    public static IReadOnlySet<int> DryBreakers(ITokenizer tokenizer, IReadOnlyList<string> breakers)
    {
        var tokens = new HashSet<int>();
        for (var id = 0; id < tokenizer.VocabularySize && breakers.Count > 0; id++)
        {
            var text = tokenizer.TokenText(id);
            if (breakers.Any(b => text.Contains(b, StringComparison.Ordinal)))
            {
                tokens.Add(id);
            }
        }

        return tokens.ToFrozenSet();
    }
}
