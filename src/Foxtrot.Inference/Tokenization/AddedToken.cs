namespace Foxtrot.Inference.Tokenization;

/// <summary>A token that is found in text before the model sees it.</summary>
/// <param name="Id">Token id.</param>
/// <param name="Content">Its text.</param>
/// <param name="Special">It controls rather than says something: left out of decoded text.</param>
/// <param name="Normalized">Sought in normalized rather than raw text.</param>
/// <param name="SingleWord">Only found where no word character touches it.</param>
/// <param name="LeftStrip">Swallows white space before it.</param>
/// <param name="RightStrip">Swallows white space after it.</param>
internal sealed record AddedToken(int Id, string Content, bool Special, bool Normalized, bool SingleWord, bool LeftStrip, bool RightStrip);
