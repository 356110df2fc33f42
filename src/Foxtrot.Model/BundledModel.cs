namespace Foxtrot.Model;

/// <summary>The story model that comes with Foxtrot, so that everything runs before any download.</summary>
/// <remarks>Trained by the scripts in <c>training/</c>; its README states corpus, recipe, loss and licence.</remarks>
public static class BundledModel
{
    /// <summary>The name that requests use for it.</summary>
    public const string Name = "foxtrot-stories";

    /// <summary>Its folder, laid out as on Hugging Face: beside the program, where the build copies it.</summary>
    public static string Folder => Path.Combine(AppContext.BaseDirectory, "model");
}
