import { isSimultaneous } from './simultaneous-step';

const atOnce = (accepted: boolean) => ({ others: ['b'], accepted });
const single = (accepted: boolean) => ({ accepted });
const of = (...past: Parameters<typeof isSimultaneous>[0]) => isSimultaneous(past, { components: 2, proposals: 16 });

it('begins with simultaneous steps and takes them as long as they are accepted', () => {
  expect(of()).toBe(true);
  expect(of(atOnce(true))).toBe(true);
  expect(of(atOnce(true), atOnce(true))).toBe(true);
  expect(of(atOnce(true), atOnce(false))).toBe(false);
});

it('takes none after the first rejection, whatever is accepted later, nor with one component', () => {
  expect(of(atOnce(false), single(true))).toBe(false);
  expect(of(atOnce(true), atOnce(false), single(true), single(true))).toBe(false);
  expect(isSimultaneous([], { components: 1, proposals: 16 })).toBe(false);
});

it('takes none where the step would be too large for one workflow', () => {
  expect(isSimultaneous([], { components: 16, proposals: 16 })).toBe(true);
  expect(isSimultaneous([], { components: 17, proposals: 16 })).toBe(false);
  expect(isSimultaneous([], { components: 4, proposals: 88 })).toBe(true);
  expect(isSimultaneous([], { components: 4, proposals: 89 })).toBe(false);
});
