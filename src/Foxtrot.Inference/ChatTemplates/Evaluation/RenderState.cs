using System.Numerics;
using System.Text;
using Foxtrot.Inference.ChatTemplates.Syntax;
using Foxtrot.Inference.ChatTemplates.Values;

namespace Foxtrot.Inference.ChatTemplates.Evaluation;

/// <summary>One rendering's output, place and budget. Everything that makes a value pays for it here.</summary>
internal sealed class RenderState(ChatTemplateLimits limits, TimeProvider time)
{
    /// <summary>Most levels of lists and dicts in one another; JSON's own default is 64.</summary>
    private const int MaxValueDepth = 100;

    private readonly Stack<StringBuilder> _captures = new();
    private StringBuilder _output = new();
    private long _work;
    private int _iterations;
    private int _depth;

    /// <summary>Where the evaluation is; errors name it.</summary>
    public SourcePosition Position { get; set; } = new(1, 1);

    public TimeProvider Time => time;

    /// <summary>Pays for work in the units of <see cref="ChatTemplateLimits.MaxWork"/>.</summary>
    public void Charge(long units)
    {
        _work += units;
        if (units > limits.MaxWork || _work > limits.MaxWork)
        {
            throw Limit($"rendering takes more than {limits.MaxWork} units of work ({nameof(limits.MaxWork)}).");
        }
    }

    /// <summary>Pays for making so many values, before they are made.</summary>
    public void ChargeValues(long count) => Charge(count * Value.BaseWeight);

    /// <summary>Goes one evaluation deeper; every call is paired with <see cref="Leave"/>.</summary>
    public void Enter(SourcePosition position)
    {
        Position = position;
        Charge(1);
        if (++_depth > limits.MaxDepth)
        {
            throw Limit($"evaluations are nested more than {limits.MaxDepth} deep ({nameof(limits.MaxDepth)}).");
        }
    }

    public void Leave() => _depth--;

    public void CountIteration()
    {
        if (++_iterations > limits.MaxIterations)
        {
            throw Limit($"loops run more than {limits.MaxIterations} iterations ({nameof(limits.MaxIterations)}).");
        }
    }

    public void Write(string text)
    {
        Charge(text.Length);
        if (text.Length > limits.MaxOutputLength - _output.Length)
        {
            throw Limit($"the text is longer than {limits.MaxOutputLength} characters ({nameof(limits.MaxOutputLength)}).");
        }

        _output.Append(text);
    }

    /// <summary>Directs output into a text of its own, until <see cref="EndCapture"/> returns it.</summary>
    public void BeginCapture()
    {
        _captures.Push(_output);
        _output = new StringBuilder();
    }

    public StringValue EndCapture()
    {
        string text = _output.ToString();
        _output = _captures.Pop();
        return Text(text);
    }

    /// <summary>The whole output.</summary>
    public string Finish() => _output.ToString();

    public StringValue Text(string text)
    {
        Charge(text.Length);
        return new StringValue(text);
    }

    /// <summary>So many spaces; none for a negative count.</summary>
    public string Spaces(int count)
    {
        Charge(Math.Max(count, 0));
        return new string(' ', Math.Max(count, 0));
    }

    public IntValue Integer(BigInteger number) =>
        IntValue.TryCreate(number) ?? throw Limit($"an integer has more than {IntValue.MaxBits} bits.");

    public SequenceValue List(IReadOnlyList<Value> items) => Sequence(SequenceKind.List, items);

    public SequenceValue Generator(IReadOnlyList<Value> items) => Sequence(SequenceKind.Generator, items);

    public SequenceValue Sequence(SequenceKind kind, IReadOnlyList<Value> items)
    {
        ChargeValues(items.Count);
        return Checked(new SequenceValue(kind, items));
    }

    public DictValue Dict(OrderedDictionary<Value, Value> items)
    {
        ChargeValues(items.Count);
        return Checked(new DictValue(items));
    }

    /// <summary>A key for a dict, refused where Python or this interpreter cannot have it as one.</summary>
    public Value Key(Value key) => ScalarComparer.IsScalar(key) ? key
        : key is SequenceValue { Kind: SequenceKind.Tuple } ? throw Unsupported("the dict key type", "tuple")
        : throw Error($"a value of type '{key.TypeName}' cannot be a dict key.");

    /// <summary>Whether two values are equal.</summary>
    public bool AreEqual(Value left, Value right)
    {
        Charge(Math.Min(left.Weight, right.Weight));
        return ValueComparison.AreEqual(left, right);
    }

    /// <summary>The sign of left minus right.</summary>
    public int Compare(Value left, Value right, string operation)
    {
        Charge(Math.Min(left.Weight, right.Weight));
        return ValueComparison.Compare(left, right) ?? throw (
            left is UndefinedValue ? Undefined(left)
            : right is UndefinedValue ? Undefined(right)
            : Error($"'{operation}' is not supported between '{left.TypeName}' and '{right.TypeName}'."));
    }

    /// <summary>What a value renders as.</summary>
    public string Str(Value value)
    {
        Charge(value.Weight);
        return PythonRepr.Str(value)
            ?? throw Unsupported("printing a value of type", value is SequenceValue or NamespaceValue ? value.TypeName : "function");
    }

    /// <summary>The elements of what can be iterated: sequences, dict keys, code points; none for undefined.</summary>
    public IReadOnlyList<Value> Iterate(Value value)
    {
        switch (value)
        {
            case SequenceValue sequence:
                return sequence.Read();
            case DictValue dict:
                ChargeValues(dict.Count);
                return [.. dict.Items.Select(e => e.Key)];
            case StringValue text:
                ChargeValues(2L * text.Text.Length);
                return [.. PythonText.CodePoints(text.Text).Select(c => new StringValue(c))];
            case UndefinedValue:
                return [];
            default:
                throw Error($"a value of type '{value.TypeName}' cannot be iterated.");
        }
    }

    public ChatTemplateException Error(string reason) => new(ChatTemplateErrorKind.Evaluation, reason, Position);

    public ChatTemplateException Undefined(Value value) => Error(((UndefinedValue)value).Reason + ".");

    public ChatTemplateException Unsupported(string what, string construct) =>
        ChatTemplateException.Unsupported(what, construct, Position);

    private ChatTemplateException Limit(string reason) => new(ChatTemplateErrorKind.Limit, reason, Position);

    private T Checked<T>(T value)
        where T : Value =>
        value.Depth <= MaxValueDepth ? value : throw Limit($"lists and dicts are nested more than {MaxValueDepth} levels deep.");
}
