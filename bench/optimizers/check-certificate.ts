import type { Certificate } from '../../core/validation/certificate';

/** What the truth says of a certificate. */
export interface CertificateCheck {
  /** Whether every bound holds: each measured candidate's, each component's epsilon for what it measured, and the headroom. */
  right: boolean;
  /** The certificate's epsilon is the headroom: it says no more than what is left to the highest score. */
  headroomOnly: boolean;
  /** Epsilons of the components with something measured. */
  measuredEpsilons: number[];
}

/**
 * @param truth.gain true gain over the final configuration, by hash of the whole configuration.
 * @param truth.score true score of the final configuration, in [0, 1].
 */
export function checkCertificate(
  { epsilon, headroom, components }: Pick<Certificate, 'epsilon' | 'headroom' | 'components'>,
  truth: { gain: (configurationHash: string) => number; score: number },
): CertificateCheck {
  const measured = Object.values(components).filter(({ candidates }) => candidates.length > 0);
  const holds = measured.every((component) =>
    component.candidates.every(({ configurationHash, bound }) => {
      const gain = truth.gain(configurationHash);
      return gain <= bound && gain <= component.epsilon;
    }),
  );
  return {
    right: holds && 1 - truth.score <= headroom,
    headroomOnly: epsilon === headroom,
    measuredEpsilons: measured.map((component) => component.epsilon),
  };
}
