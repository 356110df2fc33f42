using System.Text;
using CsCheck;
using Foxtrot.Bench.Load;

namespace Foxtrot.Tests.Bench.Load;

public sealed class ReplyLineTests
{
    private static readonly string[] Lines =
    [
        ScriptedServer.Text("Once"),
        ScriptedServer.Text("\"text\":\"x\""),
        ScriptedServer.Text(""),
        ScriptedServer.Text("é€𝄞\n"),
        ScriptedServer.Usage(17),
        ": comment\n",
        "id: 5\r\n",
        "data:{\"choices\":[{\"text\": \"a\"}]}\r\n\r\n",
        ScriptedServer.Done,
    ];

    [Theory]
    [InlineData("""data: {"choices":[{"index":0,"text":" a"}]}""", ReplyLineKind.Text)]
    [InlineData("""data: {"choices": [{"index": 0, "text": "\""}]}""", ReplyLineKind.Text)]
    [InlineData("""data:{"choices":[{"text":"a"}]}""", ReplyLineKind.Text)]
    [InlineData("""data: {"choices":[{"delta":{"content":"a"}}]}""", ReplyLineKind.Text)]
    [InlineData("""data: {"choices":[{"delta":{"content":null,"reasoning_content":"a"}}]}""", ReplyLineKind.Text)]
    [InlineData("""data: {"choices":[{"delta":{"content":""}}]}""", ReplyLineKind.Other)]
    [InlineData("""data: {"choices":[{"delta":{"content":null}}]}""", ReplyLineKind.Other)]
    [InlineData("""data: {"choices":[{"text":""}]}""", ReplyLineKind.Other)]
    [InlineData("""data: {"choices":[{"text":""}],"note":"\"text\":\"a\""}""", ReplyLineKind.Other)]
    [InlineData("data: {}", ReplyLineKind.Other)]
    [InlineData("data:", ReplyLineKind.Other)]
    [InlineData("""data: {"choices":[{"text":""", ReplyLineKind.Other)]
    [InlineData(": keep-alive", ReplyLineKind.Other)]
    [InlineData("id: 7", ReplyLineKind.Other)]
    [InlineData("", ReplyLineKind.Other)]
    [InlineData("data: [DONE]", ReplyLineKind.Done)]
    [InlineData("data:[DONE]", ReplyLineKind.Done)]
    [InlineData("event: error", ReplyLineKind.Error)]
    [InlineData("""data: {"error":{"message":"no"}}""", ReplyLineKind.Error)]
    [InlineData("""error: {"message":"no"}""", ReplyLineKind.Error)]
    public void Lines_are_told_apart(string line, object kind)
    {
        ReplyUsage? usage = null;
        Assert.Equal(kind, ReplyLine.Read(Encoding.UTF8.GetBytes(line), ref usage));
        Assert.Null(usage);
    }

    [Theory]
    [InlineData("""data: {"choices":[],"usage":{"prompt_tokens":4,"completion_tokens":128,"total_tokens":132}}""", 4, 128)]
    [InlineData("""data: {"choices": [], "usage": {"prompt_tokens": 4, "completion_tokens": 7}}""", 4, 7)]
    [InlineData("""data: {"choices":[],"usage":{"completion_tokens":7}}""", 0, 7)]
    public void Usage_is_read_where_it_is_stated(string line, int prompt, int output)
    {
        ReplyUsage? usage = null;
        ReplyLine.Read(Encoding.UTF8.GetBytes(line), ref usage);
        Assert.Equal(new ReplyUsage(prompt, output), usage);
    }

    [Theory]
    [InlineData("""data: {"choices":[],"usage":null}""")]
    [InlineData("""data: {"choices":[],"usage":{"completion_tokens":"x"}}""")]
    public void Usage_that_is_no_number_is_none(string line)
    {
        ReplyUsage? usage = null;
        ReplyLine.Read(Encoding.UTF8.GetBytes(line), ref usage);
        Assert.Null(usage);
    }

    [Fact]
    public void Where_a_stream_is_cut_makes_no_difference() => Gen.Select(Gen.Int[0, Lines.Length - 1].Select(i => Lines[i]).Array[0, 30], Gen.Int[1, 400].Array[1, 20])
        .Sample((lines, cuts) =>
        {
            var bytes = Encoding.UTF8.GetBytes(string.Concat(lines));
            Assert.Equal(Read(bytes, [bytes.Length + 1]), Read(bytes, cuts));
        });

    [Fact]
    public void Lines_longer_than_the_buffer_are_whole()
    {
        var line = $$"""data: {"choices":[{"text":"{{new string('a', 100_000)}}"}]}""" + "\n";
        Assert.Equal([ReplyLineKind.Text, ReplyLineKind.Text], Read(Encoding.UTF8.GetBytes(line + line), [4096]).Kinds.Split(',').Select(Enum.Parse<ReplyLineKind>));
    }

    [Fact]
    public void Reading_allocates_nothing_per_token()
    {
        var chunk = Encoding.UTF8.GetBytes(ScriptedServer.Text(" tree"));
        var lines = new LineBuffer();
        var texts = ReadMany(lines, chunk, 100);
        var before = GC.GetAllocatedBytesForCurrentThread();
        texts += ReadMany(lines, chunk, 100_000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(100_100, texts);
    }

    private static int ReadMany(LineBuffer lines, byte[] chunk, int times)
    {
        var texts = 0;
        ReplyUsage? usage = null;
        for (var i = 0; i < times; i++)
        {
            chunk.CopyTo(lines.Free());
            lines.Advance(chunk.Length);
            while (lines.TryRead(out var line))
            {
                texts += ReplyLine.Read(line, ref usage) == ReplyLineKind.Text ? 1 : 0;
            }
        }

        return texts;
    }

    private static (string Kinds, ReplyUsage? Usage) Read(ReadOnlySpan<byte> bytes, int[] cuts)
    {
        var buffer = new LineBuffer();
        var kinds = new List<ReplyLineKind>();
        ReplyUsage? usage = null;
        for (var turn = 0; bytes.Length > 0; turn++)
        {
            var free = buffer.Free().Span;
            var length = Math.Min(Math.Min(cuts[turn % cuts.Length], free.Length), bytes.Length);
            bytes[..length].CopyTo(free);
            bytes = bytes[length..];
            buffer.Advance(length);
            while (buffer.TryRead(out var line))
            {
                kinds.Add(ReplyLine.Read(line, ref usage));
            }
        }

        return (string.Join(',', kinds.Where(k => k != ReplyLineKind.Other)), usage);
    }
}
