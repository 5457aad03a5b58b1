const mostTexts = 64;
/** No tokenizer makes more tokens than bytes, and OpenAI takes 300,000 tokens a request. */
const mostBytes = 250_000;

/** The texts in consecutive groups, each of which an embeddings endpoint takes in one request. */
export function requestBatches(texts: readonly string[]): string[][] {
  const batches: string[][] = [];
  let bytes = Infinity;
  for (const text of texts) {
    const size = Buffer.byteLength(text);
    const last = batches.at(-1);
    if (last !== undefined && last.length < mostTexts && bytes + size <= mostBytes) {
      last.push(text);
      bytes += size;
    } else {
      batches.push([text]);
      bytes = size;
    }
  }
  return batches;
}
