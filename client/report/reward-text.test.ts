import { rewardText } from './reward-text';

const fit = {
  iteration: -1,
  component: 'answerer',
  trusted: true,
  alignment: 0.712,
  ci95: [0.55, 0.82] as const,
  pairs: 1_101,
  reason: '',
};

describe('rewardText', () => {
  it('gives the alignment with its interval', () => {
    expect(rewardText(fit)).toBe('reward of answerer: trusted, alignment 71 % (55 % to 82 %), 1,101 pairs');
    expect(rewardText({ ...fit, iteration: 1, trusted: false })).toMatch(
      /^iteration 2: reward of answerer: not trusted, alignment 71 %/,
    );
  });

  it('says why there is none', () => {
    const reason = "component 'answerer': no preference signal, no two candidate outputs of one input differ in score";
    expect(rewardText({ ...fit, trusted: false, alignment: null, ci95: null, pairs: 0, reason })).toBe(
      'reward of answerer: not trusted, alignment not measured: no preference signal, no two candidate outputs of one input differ in score',
    );
  });

  it('tells of a drift and what was done about it; records of earlier versions have none', () => {
    const told = (how: string, driftAlarm = true) => rewardText({ ...fit, update: { how, driftAlarm } });
    expect(told('adapted')).toBe(`${rewardText(fit)}; drift found, adapted`);
    expect(told('fitted')).toBe(`${rewardText(fit)}; drift found, fitted anew`);
    expect(told('none')).toBe(`${rewardText(fit)}; drift found, not mended`);
    expect(told('adapted', false)).toBe(rewardText(fit));
  });
});
