namespace Foxtrot.Serving;

/// <summary>How log records are written, one line each.</summary>
public enum LogFormat
{
    /// <summary>For people.</summary>
    Text,

    /// <summary>For collectors: a JSON object with the record's fields and scopes.</summary>
    Json,
}
