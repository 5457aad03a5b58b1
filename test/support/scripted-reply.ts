import { createHash } from 'node:crypto';
import type { ScriptedChatRequest } from './scripted-endpoint-options';

const WORDS = ['amber', 'birch', 'cedar', 'delta', 'ember', 'fjord', 'grove', 'heron', 'iris', 'jade', 'kelp', 'lotus'];
const DIMENSION = 64;

export function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** Four words chosen by the hash of the whole request: equal requests get equal replies, on any machine. */
export function hashedReply(request: ScriptedChatRequest, choice: number): string {
  const digest = sha256(JSON.stringify([request, choice]));
  return Array.from(digest.subarray(0, 4), (byte) => WORDS[byte % WORDS.length]).join(' ');
}

/** A unit vector in which texts that share words lie close: each word has a place and a sign by its hash. */
export function hashedVector(text: string, model: string): number[] {
  const vector = new Array<number>(DIMENSION).fill(0);
  for (const word of text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [text]) {
    const digest = sha256(`${model}\n${word}`);
    const place = digest.readUInt32BE(0) % DIMENSION;
    vector[place] = (vector[place] ?? 0) + (digest.readUInt8(4) % 2 === 0 ? 1 : -1);
  }
  const length = Math.hypot(...vector) || 1;
  return vector.map((value) => value / length);
}
