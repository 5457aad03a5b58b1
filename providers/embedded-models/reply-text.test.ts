import { cutReply } from './reply-text';

describe('cutReply', () => {
  it('ends at the earliest stop text, which is left out', () => {
    expect(cutReply(' Lima; Peru. Next', ['. ', ';'], false)).toEqual({ text: 'Lima', stopped: true });
  });

  it('ends a single line at its newline, skipping empty lines before it', () => {
    expect(cutReply(' Lima\nQuestion:', [], true)).toEqual({ text: 'Lima', stopped: true });
    expect(cutReply('\n\n', [], true)).toEqual({ text: '', stopped: false });
    expect(cutReply('\n Lima\n', [], true)).toEqual({ text: 'Lima', stopped: true });
    expect(cutReply('one\ntwo', [], false)).toEqual({ text: 'one\ntwo', stopped: false });
  });

  it('goes on until something ends it', () => {
    expect(cutReply(' Li', ['.'], true)).toEqual({ text: 'Li', stopped: false });
  });
});
