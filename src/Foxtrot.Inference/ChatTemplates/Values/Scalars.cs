using System.Numerics;

namespace Foxtrot.Inference.ChatTemplates.Values;

/// <summary>A variable, attribute or item that does not exist: renders as nothing, iterates as nothing, and refuses the rest.</summary>
/// <param name="reason">What is missing, as a sentence's beginning: "'x' is undefined".</param>
internal sealed class UndefinedValue(string reason) : Value
{
    /// <summary>The error of whatever needs a real value.</summary>
    public string Reason => reason;

    public override string TypeName => "Undefined";

    public override bool IsTruthy => false;
}

/// <summary>Python's None.</summary>
internal sealed class NoneValue : Value
{
    public static readonly NoneValue Instance = new();

    private NoneValue()
    {
    }

    public override string TypeName => "NoneType";

    public override bool IsTruthy => false;
}

/// <summary>A truth value; a number in arithmetic, as in Python.</summary>
internal sealed class BoolValue : Value
{
    public static readonly BoolValue True = new(true);
    public static readonly BoolValue False = new(false);

    private BoolValue(bool value) => IsTruthy = value;

    public override string TypeName => "bool";

    public override bool IsTruthy { get; }

    public static BoolValue Of(bool value) => value ? True : False;
}

/// <summary>An integer without overflow, up to <see cref="MaxBits"/>.</summary>
internal sealed class IntValue : Value
{
    /// <summary>Longest integer, in bits; Python's are unbounded, chat templates count messages.</summary>
    public const int MaxBits = 1024;

    public IntValue(long value) => Number = value;

    private IntValue(BigInteger value) => Number = value;

    public BigInteger Number { get; }

    public override string TypeName => "int";

    public override bool IsTruthy => !Number.IsZero;

    /// <summary>The value, or null where it has too many bits.</summary>
    public static IntValue? TryCreate(BigInteger value) => value.GetBitLength() <= MaxBits ? new IntValue(value) : null;
}

/// <summary>A binary64 number.</summary>
internal sealed class FloatValue(double number) : Value
{
    public double Number => number;

    public override string TypeName => "float";

    public override bool IsTruthy => number != 0;
}

/// <summary>A text. Its length and indices count code points, as in Python.</summary>
internal sealed class StringValue(string text) : Value
{
    public static readonly StringValue Empty = new("");

    public string Text => text;

    public override string TypeName => "str";

    public override bool IsTruthy => text.Length > 0;

    public override long Weight => text.Length + BaseWeight;
}
