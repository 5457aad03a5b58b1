import { certify } from '../../core/validation/certificate';
import { checkCertificate } from './check-certificate';

const gains = new Map(Array.from({ length: 80 }, (_, index) => [`e${index}`, 0]));
const nothing = { tried: 0, earlier: 0, measured: new Map<string, Map<string, number>>() };
const writer = { tried: 1, earlier: 0, measured: new Map([['a', gains]]) };
const heldOutScores = new Array<number>(200).fill(0.5);
const certificateOf = (components: Parameters<typeof certify>[0]['components']) =>
  certify({ components, heldOutScores, delta: 0.05 });

it('sees a wrong bound where the epsilon is the headroom, because a component was not measured', () => {
  const certificate = certificateOf({ writer, picker: nothing });
  const bound = certificate.components['writer']?.epsilon ?? 1;
  expect(certificate.epsilon).toBe(certificate.headroom);
  expect(bound).toBeLessThan(0.3);
  const check = (gain: number) => checkCertificate(certificate, { gain: () => gain, score: 0.5 });
  expect(check(bound)).toEqual({ right: true, headroomOnly: true, measuredEpsilons: [bound] });
  // Below the run's epsilon all the same.
  expect(check(bound + 0.01)).toMatchObject({ right: false });
});

it('asks each candidate for its own bound, not for the largest', () => {
  const worse = new Map([...gains.keys()].map((id) => [id, -0.5]));
  const certificate = certificateOf({
    writer: {
      ...writer,
      measured: new Map([
        ['a', gains],
        ['b', worse],
      ]),
    },
  });
  expect(certificate.components['writer']?.candidates.map(({ bound }) => bound < 0)).toEqual([false, true]);
  const check = (b: number) =>
    checkCertificate(certificate, { gain: (hash) => (hash === 'a' ? 0 : b), score: 0.5 }).right;
  expect([check(-0.5), check(0.01)]).toEqual([true, false]);
  expect(checkCertificate(certificate, { gain: () => -1, score: 0.5 }).headroomOnly).toBe(false);
});

it('is wrong where more is left to the highest score than the headroom says', () => {
  const check = (score: number) => checkCertificate(certificateOf({ writer: nothing }), { gain: () => 0, score }).right;
  expect([check(0.5), check(0.3)]).toEqual([true, false]);
});
