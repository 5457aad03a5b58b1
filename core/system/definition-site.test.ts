import { definitionSite, placeOf } from './definition-site';

describe('definitionSite', () => {
  it('is the file that calls', () => {
    expect(definitionSite()).toBe(__filename);
  });

  it.each([
    ['    at f (/home/ann/project (1)/optimas.config.ts:3:7)', '/home/ann/project (1)/optimas.config.ts'],
    ['    at /home/ann/project (1)/optimas.config.ts:3:7', '/home/ann/project (1)/optimas.config.ts'],
    ['    at async Promise.all (index 0)', undefined],
    ['    at Object.<anonymous> (file:///home/ann/a%20b/x.ts:1:2)', 'file:///home/ann/a%20b/x.ts'],
    ['    at new Speaker (C:\\work (old)\\x.ts:1:2)', 'C:\\work (old)\\x.ts'],
    ['    at eval (eval at run (/home/ann/x.ts:1:2), <anonymous>:1:1)', undefined],
    ['    at node:internal/main/run_main_module:23:47', undefined],
  ])('finds the place in %p', (frame, place) => {
    expect(placeOf(frame)).toBe(place);
  });
});
