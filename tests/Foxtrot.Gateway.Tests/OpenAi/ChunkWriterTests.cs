using System.Buffers;
using System.Diagnostics;
using System.Text;
using Foxtrot.Contracts.Sessions;
using Foxtrot.Contracts.Streams;
using Foxtrot.Gateway.Http;
using Foxtrot.Gateway.OpenAi;
using Foxtrot.Gateway.Tests.Fakes;

namespace Foxtrot.Gateway.Tests.OpenAi;

public sealed class ChunkWriterTests(ITestOutputHelper output)
{
    private const int Tokens = 10_000;

    [Theory]
    [InlineData(-1)]
    [InlineData(5)]
    public async Task A_token_allocates_nothing(int logProbabilities)
    {
        var id = SessionId.New("story", null);
        var session = new SessionRequest { Prompt = new() { Text = "x" }, Seed = 7, LogProbabilities = logProbabilities };
        await using var reader = new ScriptedReader { Key = new("story", "default", id), Request = session };
        reader.Accept();
        var request = new OpenAiRequest { Prompts = [session.Prompt], WantsLogProbabilities = logProbabilities >= 0, TopLogProbabilities = logProbabilities };
        var writer = new ChunkWriter(new(new ChatFormat(), request, FakeCatalog.Model("story"), "chatcmpl-1", 1, 7), new(0, true, reader));
        var detail = logProbabilities < 0 ? null : new TokenDetail(-0.5, " \"é", [new(1, "a", -0.25), new(2, "\\xE2", double.NegativeInfinity)]);
        var token = new TokenEvent(1, 0, 5, " \"é", 0.5, 0.25, detail);
        var buffer = new ArrayBufferWriter<byte>(64 * 1024 * 1024);
        var json = new JsonBytes(buffer);
        Write(writer, json, token);
        buffer.ResetWrittenCount();
        var before = GC.GetAllocatedBytesForCurrentThread();
        var began = Stopwatch.GetTimestamp();
        Write(writer, json, token);
        var elapsed = Stopwatch.GetElapsedTime(began);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        output.WriteLine($"{elapsed.TotalMicroseconds / Tokens:F3} microseconds and {buffer.WrittenCount / Tokens} bytes per token");
        Assert.Equal(Tokens, SseText.Parse(Encoding.UTF8.GetString(buffer.WrittenSpan)).Count);
    }

    private static void Write(ChunkWriter writer, JsonBytes json, in TokenEvent token)
    {
        for (var i = 0; i < Tokens; i++)
        {
            writer.WriteToken(json, token);
        }
    }

    [Fact]
    public void Escaped_text_is_what_a_JSON_parser_reads_back() => CsCheck.Check.Sample(CsCheck.Gen.String, text =>
    {
        var buffer = new ArrayBufferWriter<byte>();
        new JsonBytes(buffer).Text(text);
        Assert.Equal(Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)), System.Text.Json.JsonDocument.Parse(buffer.WrittenMemory).RootElement.GetString());
    });
}
