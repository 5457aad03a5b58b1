import { configurationHash, withComponent, type Configuration } from '../../core/system/configuration';
import { certificateDelta, certify, type ComponentEvidence } from '../../core/validation/certificate';
import { keepFirst, type MeasuredGains } from '../../core/validation/keep-first';
import { checkCertificate, type CertificateCheck } from './check-certificate';
import type { InMemoryOptimizer } from './optimizer';

/** What a run's certificate says, and whether it is right. */
export interface CheckedCertificate extends CertificateCheck {
  epsilon: number;
  /** No candidate whatever, tried or not, gains more: the run ended at a component-wise maximum within the epsilon. */
  covers: boolean;
  measured: number;
  tried: number;
}

/**
 * The certificate as `activities/run-certificate.ts` makes it, from what the metric measured with the final configuration as the
 * incumbent; the final test's examples bound what is left to gain. Its calls are not counted, as those of any final test.
 *
 * @param left the largest true gain that one component can still make alone.
 */
export function certifyRun(
  { state, decisions }: InMemoryOptimizer,
  trueScore: (configuration: Configuration) => number,
  left: number,
): CheckedCertificate {
  const { incumbent: final } = state;
  const finalHash = configurationHash(final);
  const components: Record<string, ComponentEvidence> = {};
  const tried = new Map<string, Configuration>();
  for (const { name } of state.run.resolved.system.components) {
    const [now, ever] = [new Set<string>(), new Set<string>()];
    const measured: MeasuredGains = new Map();
    for (const { incumbent, parts } of decisions) {
      const part = parts.find(({ component }) => component === name);
      if (part === undefined) continue;
      const under = configurationHash(incumbent) === finalHash;
      for (const settings of part.proposed) {
        const whole = withComponent(final, name, settings);
        const hash = configurationHash(whole);
        if (hash === finalHash) continue;
        tried.set(hash, whole);
        ever.add(hash);
        if (under) now.add(hash);
      }
      if (!under) continue;
      for (const [hash, gains] of part.measured) keepFirst(measured, hash, gains);
    }
    components[name] = { tried: ever.size, earlier: ever.size - now.size, measured };
  }
  const count = state.run.resolved.examples.test.length;
  const heldOut = state.evaluate(final, { split: 'test', purpose: 'test', iteration: -1, count }, 'baseline');
  const certificate = certify({ components, heldOutScores: [...heldOut.values()], delta: certificateDelta });
  const score = trueScore(final);
  const gain = (hash: string): number => {
    const configuration = tried.get(hash);
    if (configuration === undefined) throw new Error(`the certificate measured ${hash}, which no iteration proposed`);
    return trueScore(configuration) - score;
  };
  return {
    epsilon: certificate.epsilon,
    ...checkCertificate(certificate, { gain, score }),
    covers: left <= certificate.epsilon,
    measured: Object.values(components).reduce((sum, item) => sum + item.measured.size, 0),
    tried: tried.size,
  };
}
