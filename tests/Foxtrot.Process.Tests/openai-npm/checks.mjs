// The official JavaScript client, as it comes, against a running server.
// Usage: node checks.mjs BASE_URL NAME. Exits with 0 when the named check holds, else prints why it does not.
import assert from "node:assert/strict";
import OpenAI from "openai";

const [baseURL, name] = process.argv.slice(2);
const model = "foxtrot-stories";
const client = new OpenAI({ baseURL, apiKey: "unused", maxRetries: 0, timeout: 60_000 });
const chat = { model, messages: [{ role: "user", content: "Once upon a time" }], max_completion_tokens: 24, seed: 7 };
const plain = { model, prompt: "Once upon a time", max_tokens: 24, seed: 7 };

const collect = async (stream) => {
    const chunks = [];
    for await (const chunk of stream) chunks.push(chunk);
    return chunks;
};

const checks = {
    async models() {
        const names = [];
        for await (const entry of client.models.list()) names.push(entry.id);
        assert.ok(names.includes(model), `models are ${names}`);
        assert.equal((await client.models.retrieve(model)).id, model);
    },

    async chat() {
        const answer = await client.chat.completions.create(chat);
        assert.equal(answer.object, "chat.completion");
        assert.equal(answer.choices[0].message.role, "assistant");
        assert.ok(answer.choices[0].message.content.length > 0);
        assert.equal(answer.choices[0].finish_reason, "length");
        assert.equal(answer.usage.completion_tokens, 24);
        const again = await client.chat.completions.create(chat);
        assert.equal(again.choices[0].message.content, answer.choices[0].message.content);
    },

    async chatStream() {
        const whole = await client.chat.completions.create(chat);
        const chunks = await collect(await client.chat.completions.create({ ...chat, stream: true, stream_options: { include_usage: true } }));
        assert.equal(chunks[0].choices[0].delta.role, "assistant");
        assert.equal(chunks.map((c) => c.choices[0]?.delta.content ?? "").join(""), whole.choices[0].message.content);
        assert.deepEqual(chunks.at(-1).choices, []);
        assert.deepEqual(chunks.at(-1).usage, whole.usage);
        assert.ok(chunks.slice(0, -1).every((c) => c.usage === null));
        assert.ok(chunks.every((c) => c.object === "chat.completion.chunk" && c.id === chunks[0].id));
    },

    async streamHelper() {
        const runner = client.chat.completions.stream(chat);
        const text = await runner.finalContent();
        assert.equal(text, (await client.chat.completions.create(chat)).choices[0].message.content);
    },

    async completions() {
        const answer = await client.completions.create(plain);
        assert.equal(answer.object, "text_completion");
        assert.equal(answer.usage.completion_tokens, 24);
        const chunks = await collect(await client.completions.create({ ...plain, stream: true }));
        assert.equal(chunks.map((c) => c.choices[0]?.text ?? "").join(""), answer.choices[0].text);
        const echoed = await client.completions.create({ ...plain, echo: true });
        assert.equal(echoed.choices[0].text, plain.prompt + answer.choices[0].text);
        const several = await client.completions.create({ ...plain, prompt: [plain.prompt, "The dog"] });
        assert.deepEqual(several.choices.map((c) => c.index), [0, 1]);
        assert.equal(several.choices[0].text, answer.choices[0].text);
    },

    async choices() {
        const one = await client.chat.completions.create(chat);
        const three = await client.chat.completions.create({ ...chat, n: 3 });
        assert.deepEqual(three.choices.map((c) => c.index), [0, 1, 2]);
        assert.equal(three.choices[0].message.content, one.choices[0].message.content);
        assert.equal(new Set(three.choices.map((c) => c.message.content)).size, 3);
        assert.equal(three.usage.completion_tokens, 72);
        const texts = ["", "", ""];
        for await (const chunk of await client.chat.completions.create({ ...chat, n: 3, stream: true })) {
            for (const choice of chunk.choices) texts[choice.index] += choice.delta.content ?? "";
        }
        assert.deepEqual(texts, three.choices.map((c) => c.message.content));
    },

    async logprobs() {
        const request = { ...chat, logprobs: true, top_logprobs: 3 };
        const whole = (await client.chat.completions.create(request)).choices[0];
        assert.equal(whole.logprobs.content.length, 24);
        for (const token of whole.logprobs.content) {
            assert.ok(token.logprob <= 0);
            assert.equal(token.top_logprobs.length, 3);
        }
        const chunks = await collect(await client.chat.completions.create({ ...request, stream: true }));
        assert.deepEqual(chunks.flatMap((c) => c.choices[0]?.logprobs?.content ?? []), whole.logprobs.content);
        const legacy = (await client.completions.create({ ...plain, logprobs: 2 })).choices[0].logprobs;
        assert.equal(legacy.tokens.length, 24);
        assert.equal(legacy.token_logprobs.length, 24);
        assert.equal(legacy.text_offset.length, 24);
    },

    async stop() {
        const text = (await client.chat.completions.create(chat)).choices[0].message.content;
        const stop = text.slice(text.length / 2, text.length / 2 + 3);
        const stopped = (await client.chat.completions.create({ ...chat, stop: [stop] })).choices[0];
        assert.equal(stopped.message.content, text.slice(0, text.indexOf(stop)));
        assert.equal(stopped.finish_reason, "stop");
        const streamed = await collect(await client.chat.completions.create({ ...chat, stop: [stop], stream: true }));
        assert.equal(streamed.map((c) => c.choices[0]?.delta.content ?? "").join(""), stopped.message.content);
    },

    async abort() {
        const stream = await client.chat.completions.create({ ...chat, max_completion_tokens: 400, stream: true });
        let chunks = 0;
        for await (const _ of stream) if (++chunks === 3) stream.controller.abort();
        assert.ok(chunks >= 3);
        const after = await client.chat.completions.create(chat);
        assert.equal(after.usage.completion_tokens, 24);
    },

    async retries() {
        const patient = new OpenAI({
            baseURL, apiKey: "unused", maxRetries: 3, timeout: 60_000,
            fetch: async (...request) => {
                const response = await fetch(...request);
                console.log(`status ${response.status} retry-after ${response.headers.get("retry-after")}`);
                return response;
            },
        });
        const answer = await patient.chat.completions.create(chat);
        assert.equal(answer.usage.completion_tokens, 24);
    },

    async errors() {
        await assert.rejects(client.chat.completions.create({ ...chat, model: "no-such-model" }), (e) =>
            e instanceof OpenAI.NotFoundError && e.status === 404 && e.message.includes("no-such-model") && typeof e.requestID === "string");
        await assert.rejects(client.chat.completions.create({ ...chat, temperature: 3.5 }), (e) =>
            e instanceof OpenAI.BadRequestError && e.param === "temperature" && e.message.includes("3.5"));
        await assert.rejects(client.completions.create({ ...plain, stop: ["a", "b", "c", "d", "e"], stream: true }), (e) =>
            e instanceof OpenAI.BadRequestError && e.param === "stop");
        await assert.rejects(client.chat.completions.create({ ...chat, max_completion_tokens: "many" }), OpenAI.BadRequestError);
    },
};

await checks[name]();
