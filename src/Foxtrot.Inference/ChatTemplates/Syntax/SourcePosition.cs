namespace Foxtrot.Inference.ChatTemplates.Syntax;

/// <summary>A place in a template's source; both numbers count from 1.</summary>
internal readonly record struct SourcePosition(int Line, int Column);
