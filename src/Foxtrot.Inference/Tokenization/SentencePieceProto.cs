using Google.Protobuf;

namespace Foxtrot.Inference.Tokenization;

/// <summary>One entry of a SentencePiece vocabulary; its id is its place.</summary>
internal readonly record struct SentencePiece(string Text, float Score, SentencePieceType Type);

/// <summary>SentencePiece's kinds of pieces, with their numbers in the file.</summary>
internal enum SentencePieceType
{
    /// <summary>Text.</summary>
    Normal = 1,

    /// <summary>The unknown token.</summary>
    Unknown = 2,

    /// <summary>Begin, end and their like.</summary>
    Control = 3,

    /// <summary>Text that is always one token.</summary>
    UserDefined = 4,

    /// <summary>Not to be used.</summary>
    Unused = 5,

    /// <summary>One byte.</summary>
    Byte = 6,
}

/// <summary>What a tokenizer.model says, as far as it is needed.</summary>
/// <remarks>Format: sentencepiece_model.proto of SentencePiece 0.2, message ModelProto; defaults are the format's.</remarks>
internal sealed record SentencePieceProto
{
    /// <summary>The model type of byte-pair encoding.</summary>
    public const int Bpe = 2;

    /// <summary>The vocabulary.</summary>
    public List<SentencePiece> Pieces { get; } = [];

    /// <summary>1 Unigram, 2 BPE, 3 word, 4 char.</summary>
    public int ModelType { get; private set; } = 1;

    /// <summary>Whether unknown characters become bytes.</summary>
    public bool ByteFallback { get; private set; }

    /// <summary>Whether the sign for a space ends words instead of beginning them.</summary>
    public bool WhitespaceAsSuffix { get; private set; }

    /// <summary>Id of the unknown token.</summary>
    public int UnknownId { get; private set; }

    /// <summary>Id of the token that begins a text, or −1.</summary>
    public int BosId { get; private set; } = 1;

    /// <summary>Id of the token that ends a text, or −1.</summary>
    public int EosId { get; private set; } = 2;

    /// <summary>Whether there is a table that rewrites characters.</summary>
    public bool HasCharacterMap { get; private set; }

    /// <summary>Whether a text gets a space before it.</summary>
    public bool AddDummyPrefix { get; private set; } = true;

    /// <summary>Whether spaces at the ends and repeated ones are dropped.</summary>
    public bool RemoveExtraWhitespaces { get; private set; } = true;

    /// <summary>Whether spaces become ▁.</summary>
    public bool EscapeWhitespaces { get; private set; } = true;

    /// <summary>Reads a file's bytes.</summary>
    /// <exception cref="InvalidProtocolBufferException">They are not in the format.</exception>
    public static SentencePieceProto Parse(byte[] bytes)
    {
        var proto = new SentencePieceProto();
        ReadFields(new CodedInputStream(bytes), (field, input) =>
        {
            switch (field)
            {
                case 1: proto.Pieces.Add(ReadPiece(input)); return true;
                case 2: ReadFields(Message(input), proto.ReadTrainer); return true;
                case 3: ReadFields(Message(input), proto.ReadNormalizer); return true;
                default: return false;
            }
        });
        return proto;
    }

    private static SentencePiece ReadPiece(CodedInputStream input)
    {
        var (text, score, type) = ("", 0f, SentencePieceType.Normal);
        ReadFields(Message(input), (field, message) =>
        {
            switch (field)
            {
                case 1: text = message.ReadString(); return true;
                case 2: score = message.ReadFloat(); return true;
                case 3: type = (SentencePieceType)message.ReadEnum(); return true;
                default: return false;
            }
        });
        return new SentencePiece(text, score, type);
    }

    private bool ReadTrainer(int field, CodedInputStream input)
    {
        switch (field)
        {
            case 3: ModelType = input.ReadEnum(); return true;
            case 24: WhitespaceAsSuffix = input.ReadBool(); return true;
            case 35: ByteFallback = input.ReadBool(); return true;
            case 40: UnknownId = input.ReadInt32(); return true;
            case 41: BosId = input.ReadInt32(); return true;
            case 42: EosId = input.ReadInt32(); return true;
            default: return false;
        }
    }

    private bool ReadNormalizer(int field, CodedInputStream input)
    {
        switch (field)
        {
            case 2: HasCharacterMap = input.ReadBytes().Length > 0; return true;
            case 3: AddDummyPrefix = input.ReadBool(); return true;
            case 4: RemoveExtraWhitespaces = input.ReadBool(); return true;
            case 5: EscapeWhitespaces = input.ReadBool(); return true;
            default: return false;
        }
    }

    private static CodedInputStream Message(CodedInputStream input) => input.ReadBytes().CreateCodedInput();

    private static void ReadFields(CodedInputStream input, Func<int, CodedInputStream, bool> read)
    {
        while (input.ReadTag() is var tag and not 0)
        {
            if (!read(WireFormat.GetTagFieldNumber(tag), input))
            {
                input.SkipLastField();
            }
        }
    }
}
