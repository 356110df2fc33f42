using System.Globalization;
using System.Text;
using Foxtrot.Inference.ChatTemplates.Evaluation;
using Foxtrot.Inference.ChatTemplates.Values;

namespace Foxtrot.Inference.ChatTemplates.Builtins;

/// <summary>The filter <c>tojson</c>.</summary>
/// <remarks>
/// Source: transformers' chat templates, which use Python's json.dumps with ensure_ascii=False and no HTML escaping:
/// separators ", " and ": ", and with an indent a line per element.
/// </remarks>
internal static class JsonFilter
{
    public static Value ToJson(Value input, Arguments arguments, RenderState state)
    {
        Value?[] values = arguments.Bind(state, 0, "ensure_ascii", "indent", "separators", "sort_keys");
        string? indent = values[1] switch
        {
            null or NoneValue => null,
            StringValue text => text.Text,
            Value width => state.Spaces(arguments.Integer(width, state)),
        };
        (string item, string key) = (indent is null ? ", " : ",", ": ");
        if (values[2] is not (null or NoneValue))
        {
            IReadOnlyList<Value> parts = state.Iterate(values[2]!);
            (item, key) = parts.Count == 2
                ? (arguments.Text(parts[0], state), arguments.Text(parts[1], state))
                : throw state.Error($"the argument 'separators' needs two strings, {parts.Count} given.");
        }

        state.Charge(input.Weight);
        var writer = new Writer(state, values[0]?.IsTruthy == true, indent, item, key, values[3]?.IsTruthy == true);
        writer.Write(input, 0);
        return state.Text(writer.ToString());
    }

    private sealed class Writer(RenderState state, bool ascii, string? indent, string itemSeparator, string keySeparator, bool sortKeys)
    {
        private readonly StringBuilder _text = new();

        public override string ToString() => _text.ToString();

        public void Write(Value value, int level)
        {
            switch (value)
            {
                case SequenceValue { Kind: SequenceKind.List or SequenceKind.Tuple } sequence:
                    WriteAll('[', ']', level, sequence.Items, item => Write(item, level + 1));
                    break;
                case DictValue dict:
                    IEnumerable<KeyValuePair<Value, Value>> entries = sortKeys
                        ? dict.Items.OrderBy(e => e.Key, Comparer<Value>.Create((a, b) => ValueComparison.Compare(a, b) ?? 0))
                        : dict.Items;
                    WriteAll('{', '}', level, entries, entry =>
                    {
                        WriteString(entry.Key is StringValue s ? s.Text : Scalar(entry.Key));
                        _text.Append(keySeparator);
                        Write(entry.Value, level + 1);
                    });
                    break;
                case StringValue text:
                    WriteString(text.Text);
                    break;
                default:
                    _text.Append(Scalar(value));
                    break;
            }
        }

        private void WriteAll<T>(char open, char close, int level, IEnumerable<T> items, Action<T> write)
        {
            _text.Append(open);
            bool any = false;
            foreach (T item in items)
            {
                _text.Append(any ? itemSeparator : "");
                any = true;
                StartLine(level + 1);
                write(item);
            }

            if (any)
            {
                StartLine(level);
            }

            _text.Append(close);
        }

        private void StartLine(int level)
        {
            if (indent is not null)
            {
                state.Charge((long)indent.Length * level);
                _text.Append('\n').Insert(_text.Length, indent, level);
            }
        }

        private string Scalar(Value value) => value switch
        {
            NoneValue => "null",
            BoolValue b => b.IsTruthy ? "true" : "false",
            IntValue i => i.Number.ToString(CultureInfo.InvariantCulture),
            FloatValue { Number: double.PositiveInfinity } => "Infinity",
            FloatValue { Number: double.NegativeInfinity } => "-Infinity",
            FloatValue f => double.IsNaN(f.Number) ? "NaN" : PythonRepr.Float(f.Number),
            UndefinedValue => throw state.Undefined(value),
            _ => throw state.Error($"a value of type '{value.TypeName}' cannot be written as JSON."),
        };

        private void WriteString(string text)
        {
            _text.Append('"');
            foreach (char c in text)
            {
                int escape = "\"\\\n\r\t\f\b".IndexOf(c, StringComparison.Ordinal);
                if (escape >= 0)
                {
                    _text.Append('\\').Append("\"\\nrtfb"[escape]);
                }
                else if (c < ' ' || (ascii && c > '~'))
                {
                    _text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
                }
                else
                {
                    _text.Append(c);
                }
            }

            _text.Append('"');
        }
    }
}
