namespace Foxtrot.Inference.Tokenization;

/// <summary>GPT-2's alphabet: one printable character for each byte, so that a vocabulary of bytes can be written as text.</summary>
/// <remarks>Source: Radford et al. 2019, <c>bytes_to_unicode</c> of the GPT-2 code. Printable Latin-1 stands for itself; the other 68 bytes are U+0100 and up, in order.</remarks>
internal static class ByteAlphabet
{
    private static readonly char[] CharOfByte = BuildCharOfByte();
    private static readonly short[] ByteOfChar = BuildByteOfChar();

    /// <summary>The character that stands for a byte.</summary>
    public static char ToChar(byte value) => CharOfByte[value];

    /// <summary>The byte that a character stands for, or −1.</summary>
    public static int ToByte(char value) => value < ByteOfChar.Length ? ByteOfChar[value] : -1;

    private static char[] BuildCharOfByte()
    {
        var chars = new char[256];
        var next = (char)256;
        for (var i = 0; i < 256; i++)
        {
            var itself = i is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or >= 0xAE;
            chars[i] = itself ? (char)i : next++;
        }

        return chars;
    }

    private static short[] BuildByteOfChar()
    {
        var bytes = new short[256 + 68];
        Array.Fill(bytes, (short)-1);
        for (var i = 0; i < 256; i++)
        {
            bytes[CharOfByte[i]] = (short)i;
        }

        return bytes;
    }
}
