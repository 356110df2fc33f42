using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Foxtrot.Process.Tests.Processes;

namespace Foxtrot.Process.Tests.Tenants;

[Collection(OneAtATime.Name)]
public sealed class TlsTests
{
    [Fact]
    public async Task A_server_speaks_tls_with_the_certificate_of_its_configuration()
    {
        var folder = Reaper.NewFolder("tls");
        var path = Path.Combine(folder, "server.pfx");
        var thumbprint = Create(path, "secret");
        var environment = new Dictionary<string, string>
        {
            ["Kestrel__Endpoints__Https__Url"] = "https://127.0.0.1:0",
            ["Kestrel__Endpoints__Https__Certificate__Path"] = path,
            ["Kestrel__Endpoints__Https__Certificate__Password"] = "secret",
        };
        await using var server = await FoxtrotProcess.StartAsync("server", ["--data", Path.Combine(folder, "data"), "--slots", "2"], environment);
        Assert.Equal("https", server.Address?.Scheme);
        var seen = "";
        using var handler = new HttpClientHandler
        {
            ServerCertificateCustomValidationCallback = (_, certificate, _, _) =>
            {
                seen = certificate!.Thumbprint;
                return true;
            },
        };
        using var http = new HttpClient(handler) { BaseAddress = server.Address };
        Assert.Contains("foxtrot-stories", await http.GetStringAsync("/v1/models", TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal(thumbprint, seen);
    }

    private static string Create(string path, string password)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddHours(1));
        File.WriteAllBytes(path, certificate.Export(X509ContentType.Pfx, password));
        return certificate.Thumbprint;
    }
}
