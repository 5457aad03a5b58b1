import { sentencesOf } from './sentences';

describe('sentencesOf', () => {
  it('splits sections into sentences, each with its label', () => {
    expect(
      sentencesOf([
        'STUDY DESIGN: We saw 3.5 mm (P<.05). Was it so?  Yes!',
        'RESULTS: Ratio 1: 2 held, i.e. it was low.',
      ]),
    ).toEqual([
      'STUDY DESIGN: We saw 3.5 mm (P<.05).',
      'STUDY DESIGN: Was it so?',
      'STUDY DESIGN: Yes!',
      'RESULTS: Ratio 1: 2 held, i.e. it was low.',
    ]);
  });

  it('takes texts without a label, and gives nothing for nothing', () => {
    expect(sentencesOf(['It rose. It fell.', ''])).toEqual(['It rose.', 'It fell.']);
  });
});
