/**
 * Splits the text of a JSON array, in pieces as they are read, into the texts of its items. Only one item is held at a time:
 * HotpotQA's official training file is longer than the longest string there can be.
 *
 * @throws SyntaxError where the text is no array, or ends within it.
 */
export async function* jsonArrayItems(pieces: AsyncIterable<string>): AsyncGenerator<string> {
  let item = '';
  let depth = 0;
  let inText = false;
  let escaped = false;
  for await (const piece of pieces) {
    for (const sign of piece) {
      if (depth === 0) {
        if (sign === '[') depth = 1;
        else if (sign.trim() !== '' && sign !== '\uFEFF') throw new SyntaxError(`expected '[', not '${sign}'`);
        continue;
      }
      if (inText) {
        if (escaped) escaped = false;
        else if (sign === '\\') escaped = true;
        else if (sign === '"') inText = false;
      } else if (sign === '"') inText = true;
      else if (sign === '[' || sign === '{') depth += 1;
      else if (sign === ']' || sign === '}') depth -= 1;
      const ends = !inText && ((depth === 1 && sign === ',') || depth === 0);
      if (!ends) {
        item += sign;
        continue;
      }
      if (item.trim() !== '') yield item;
      if (depth === 0) return;
      item = '';
    }
  }
  throw new SyntaxError(depth === 0 ? 'it is empty' : "it ends before the array's ']'");
}
